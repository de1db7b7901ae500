// Finds since when a trigger fails, in the app's log. Atlas keeps the log for ten days.

import { isRecord } from '../../../shared/json/record.ts';
import type { AdminApi } from '../../atlas-deploy/admin-api.ts';
import { optionalTextAt, readList, readObject } from '../../atlas-deploy/json.ts';
import { CommandError } from '../../command.ts';

export interface TriggerError {
  readonly at: string;
  readonly word: string;
}

/** Returns the newest error of each trigger, by its name. Returns none if the log cannot be read. */
export async function lastErrors(api: AdminApi, appId: string): Promise<ReadonlyMap<string, TriggerError>> {
  try {
    const path = `/${appId}/logs?errors_only=true&type=DB_TRIGGER`;
    return await api.read(path, { doing: 'read the log' }, readErrors);
  } catch (error) {
    if (error instanceof CommandError) return new Map();
    throw error;
  }
}

function readErrors(answer: unknown): ReadonlyMap<string, TriggerError> {
  const newest = new Map<string, TriggerError>();
  for (const entry of readList(readObject(answer, 'the log')['logs'], 'its entries')) {
    if (!isRecord(entry)) continue;
    const name = optionalTextAt(entry, 'event_subscription_name');
    const startedMs = Date.parse(optionalTextAt(entry, 'started') ?? '');
    if (name === undefined || Number.isNaN(startedMs)) continue;
    const at = new Date(startedMs).toISOString();
    if (at > (newest.get(name)?.at ?? '')) newest.set(name, { at, word: wordOf(optionalTextAt(entry, 'error') ?? '') });
  }
  return newest;
}

const words =
  /ChangeStreamHistoryLost|ChangeStreamFatalError|BSONObjectTooLarge|BSONObj size|InvalidResumeToken|resume token|resume point|invalidate|Unauthorized|AuthenticationFailed|not authorized|NamespaceNotFound|CappedPositionLost|NetworkTimeout|HostUnreachable|timed? ?out|context canceled|connection|pre-?image/i;

/** Returns harmless known words only, because a database's message can contain keys of documents. */
export function wordOf(error: string): string {
  return words.exec(error)?.[0] ?? 'an error that Atlas shows under Logs';
}
