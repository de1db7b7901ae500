// Sends the messages of ~refused again, the same way as from the hub.
import { hubReceiver } from '../../shared/app/open-receiver.ts';
import type { Settings } from '../../shared/app/settings.ts';
import type { Invocation } from '../../shared/event-hub/invocation.ts';
import { type RefusedMessage, readRefusedFile, refusedFolder } from '../../shared/event-hub/refused-file.ts';
import { takeMessages } from '../../shared/event-hub/take-messages.ts';
import { bytesInFlight } from '../../shared/http/bytes-in-flight.ts';
import type { LakeReader, LakeRemover, LakeWriter } from '../../shared/lake/lake.ts';
import type { Progress } from '../progress.ts';

export interface ReplayLake {
  readonly reader: LakeReader;
  readonly writer: LakeWriter;
  readonly remover: LakeRemover;
}

export interface Replayed {
  /** Their files in ~refused were removed. */
  readonly stored: number;
  readonly stillRefused: number;
  readonly withoutBody: number;
  readonly failed: number;
}

export async function replayRefused(
  lake: ReplayLake,
  settings: Settings,
  { write, progress, signal }: { write: (line: string) => void; progress: Progress; signal: AbortSignal },
): Promise<Replayed> {
  const counts = { stored: 0, stillRefused: 0, withoutBody: 0, failed: 0 };
  const receiver = hubReceiver(settings, lake.writer, bytesInFlight(settings.maxBytesInFlight));
  const folder = [settings.naming.directory, refusedFolder].filter((part) => part !== '').join('/');
  // Lists all names first, because the loop removes files from the folder.
  const paths: string[] = [];
  for await (const page of lake.reader.list(folder, signal)) paths.push(...page.map(({ path }) => path));
  for (const [index, path] of paths.filter((one) => one.endsWith('.refused')).entries()) {
    signal.throwIfAborted();
    const outcome = await replay(path);
    counts[outcome]++;
    progress.update(index + 1, paths.length, `${index + 1} messages`);
  }
  progress.end();
  return counts;

  async function replay(path: string): Promise<keyof Replayed> {
    const content = await lake.reader.read(path, signal);
    const refused = content && readRefusedFile(content);
    if (refused === undefined)
      return problem('failed', `Cannot read ${path}: it must be a file of ~refused: it has another form`);
    if (refused.body === undefined)
      return problem('withoutBody', `Without a body: ${placeOf(refused)}: ${refused.reason}`);
    const { events } = await takeMessages(invocationOf(refused, refused.body), receiver, signal);
    const [event] = events;
    switch (event?.outcome) {
      case 'refused':
        return problem('stillRefused', `Refused again: ${placeOf(refused)}: ${event.reason}`);
      case 'failed':
        return problem('failed', `Cannot store: ${placeOf(refused)}: ${event.fault}`);
      // A tombstone has no outcome: there is nothing to store.
      case undefined:
      case 'stored':
      case 'alreadyStored':
        await lake.remover.remove(path, signal);
        return 'stored';
    }
  }

  function problem<T extends keyof Replayed>(outcome: T, line: string): T {
    progress.end();
    write(line);
    return outcome;
  }
}

function placeOf({ hub, partition, sequenceNumber }: RefusedMessage): string {
  return `hub ${hub}, partition ${partition}, sequence number ${sequenceNumber}`;
}

function invocationOf({ hub, partition, sequenceNumber }: RefusedMessage, body: Uint8Array): Invocation {
  const message = { body, sequenceNumber, enqueuedMs: undefined, partitionKey: undefined };
  return { namespace: undefined, hub, consumerGroup: undefined, partition, messages: [message] };
}
