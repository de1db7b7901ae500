// Since when a trigger fails, by the app's log, which Atlas keeps for ten days.

import { isRecord } from '../../../shared/json/record.ts';
import type { AdminApi } from '../../atlas-deploy/admin-api.ts';
import { optionalTextAt, readList, readObject } from '../../atlas-deploy/json.ts';
import { CommandError } from '../../command.ts';

export interface TriggerError {
  readonly at: string;
  readonly word: string;
}

/** The newest of each trigger, by its name. A log that cannot be read says nothing, and is no reason to stop. */
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

/** A database's message can carry keys of documents: only words that are known to be harmless are told. */
export function wordOf(error: string): string {
  return words.exec(error)?.[0] ?? 'an error that Atlas shows under Logs';
}
