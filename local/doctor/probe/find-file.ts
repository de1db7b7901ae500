// Finds the file of the probe's document by the id in its name. In batch files it looks for the id in the lines.

import type { Settings } from '../../../shared/app/settings.ts';
import { folderOf } from '../../../shared/events/lake-path.ts';
import type { LakeReader } from '../../../shared/lake/lake.ts';
import type { Watched } from './atlas-document.ts';

export interface FoundFile {
  readonly path: string;
  /** The line of the event. */
  readonly line: Uint8Array;
}

export type FindFile = (signal: AbortSignal) => Promise<FoundFile | undefined>;

/** The event has the time of the cluster. Its clock and this machine's can differ by this much. */
const clocksDifferSeconds = 300;
const hourSeconds = 3600;

/** Looks in the hours since `beganMs`. Reads each batch file once. */
export function findFile(
  reader: LakeReader,
  { naming, lakeFiles }: Settings,
  { database: db, collection: coll }: Watched,
  id: string,
  beganMs: number,
): FindFile {
  const read = new Set<string>();
  const fromSeconds = Math.floor(beganMs / 1000) - clocksDifferSeconds;

  async function* candidates(signal: AbortSignal): AsyncGenerator<string> {
    const toSeconds = Math.floor(Date.now() / 1000) + clocksDifferSeconds;
    for (const [folder, namesBegin] of places(toSeconds))
      for await (const files of reader.list(folder.replace(/\/$/, ''), signal, namesBegin))
        for (const { path } of files) if (!read.has(path)) yield path;
  }

  /** Returns folders, and the beginning of the names in each. */
  function places(toSeconds: number): ReadonlyMap<string, string> {
    const found = new Map<string, string>();
    const hours = Math.ceil((toSeconds - fromSeconds) / hourSeconds) + 1;
    for (let hour = 0; hour <= hours; hour++) {
      const seconds = Math.min(fromSeconds + hour * hourSeconds, toSeconds);
      const time = { ms: seconds * 1000, seconds, increment: 0 };
      const folder = folderOf({ db, coll, time }, naming);
      found.set(folder, `${naming.filePrefix}-${commonDigits(fromSeconds, toSeconds)}`);
    }
    return found;
  }

  return async (signal) => {
    for await (const path of candidates(signal)) {
      const isNamed = path.includes(`-${id}-`);
      if (!isNamed && (lakeFiles === 'event' || !path.endsWith('.jsonl'))) continue;
      const content = Buffer.from((await reader.read(path, signal)) ?? []);
      // A file of the Data Lake endpoint is empty for a moment.
      if (content.length === 0) continue;
      read.add(path);
      const line = lineWith(content, id, isNamed);
      if (line !== undefined) return { path, line };
    }
    return undefined;
  };
}

function lineWith(content: Buffer, id: string, isNamed: boolean): Buffer | undefined {
  const lines = content.toString('utf8').split('\n');
  const line = lines.find((text) => text.startsWith('{"operationType":"insert"') && (isNamed || text.includes(id)));
  return line === undefined ? undefined : Buffer.from(line);
}

/** Returns the first digits that all times between have in common, as names have them. */
function commonDigits(fromSeconds: number, toSeconds: number): string {
  const [from, to] = [fromSeconds, toSeconds].map((seconds) => String(seconds).padStart(10, '0'));
  if (from === undefined || to === undefined) return '';
  const length = [...from].findIndex((digit, at) => digit !== to[at]);
  return from.slice(0, length < 0 ? from.length : length);
}
