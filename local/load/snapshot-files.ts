// Documents → batch files in the lake, byte for byte as the receiver writes their snapshot events. The events themselves are not
// made: to write each one, and to read and check it again, would take several times as long.
import { batchPath } from '../../shared/events/batch-file.ts';
import type { Naming } from '../../shared/events/lake-path.ts';
import { type DocumentFormat, formats } from '../../shared/format/formats.ts';
import { writeValue } from '../../shared/format/write-value.ts';
import { byteWriter } from '../../shared/json/byte-writer.ts';
import { createInTime, type NewFile } from '../../shared/lake/create-in-time.ts';
import { describeFault } from '../../shared/lake/fault.ts';
import type { LakeWriter } from '../../shared/lake/lake.ts';
import { type Attempt, lakePausesMs, untilTaken } from './lake-tries.ts';
import type { LoadedBatch, LoadTarget } from './load-target.ts';
import { documentKeyBytes, type Snapshot, type SnapshotDocument } from './snapshot.ts';

export interface SnapshotFilesSettings {
  readonly naming: Naming;
  readonly documentFormat: DocumentFormat;
}

const writeMs = 20_000;

/** Only for a collection without rules in REDACT: nothing is redacted here. */
export function snapshotFiles(
  settings: SnapshotFilesSettings,
  snapshot: Snapshot,
  lake: LakeWriter,
  pausesMs = lakePausesMs,
): LoadTarget {
  const fileOf = batchFiles(settings, snapshot);
  return {
    deliver: (documents, signal) => {
      const inOrder = documents.toSorted((one, other) => (one.sequence < other.sequence ? -1 : 1));
      const once = inOrder.filter(({ sequence }, at) => sequence !== inOrder[at - 1]?.sequence);
      return store(fileOf(once), once.length, documents.length - once.length, signal);
    },
  };

  async function store(file: NewFile, lines: number, repeated: number, signal: AbortSignal): Promise<LoadedBatch> {
    const result = await untilTaken(() => created(file, lake, signal), pausesMs, signal);
    return result === 'created'
      ? { stored: lines, alreadyStored: repeated, refused: [] }
      : { stored: 0, alreadyStored: lines + repeated, refused: [] };
  }
}

async function created(file: NewFile, lake: LakeWriter, signal: AbortSignal): Promise<Attempt<'created' | 'exists'>> {
  try {
    return { kind: 'taken', result: await createInTime(lake, file, writeMs, signal) };
  } catch (fault) {
    signal.throwIfAborted();
    return { kind: 'failed', fault: describeFault(fault) };
  }
}

/** What stands around the values of a line is the same in each. */
function batchFiles(
  { naming, documentFormat }: SnapshotFilesSettings,
  { database, collection, seconds }: Snapshot,
): (documents: readonly SnapshotDocument[]) => NewFile {
  const placed = { db: database, coll: collection, time: { ms: seconds * 1000, seconds, increment: 0 } };
  const format = formats[documentFormat];
  const namespace = JSON.stringify({ db: database, coll: collection });
  const time = new Date(placed.time.ms).toISOString();
  const beforeData = Buffer.from('{"operationType":"insert","data":');
  const beforeKey = Buffer.from(',"documentKey":');
  const beforeId = Buffer.from(',"documentKey":{"_id":');
  const beforeSequence = Buffer.from(`,"ns":${namespace},"clusterTime":"${time}","sequence":"`);
  const end = Buffer.from('","snapshot":true}\n');

  return (documents) => {
    const out = byteWriter(documents.reduce((bytes, document) => bytes + lineBytes(document), 0));
    const all = (piece: Uint8Array): void => out.copy(piece, 0, piece.length);
    for (const { text, id, shardedKey, sequence } of documents) {
      all(beforeData);
      writeValue(out, text, { start: 0, end: text.length }, format);
      if (shardedKey === undefined) {
        all(beforeId);
        writeValue(out, text, id, format);
        out.text('}');
      } else {
        all(beforeKey);
        const key = Buffer.from(shardedKey);
        writeValue(out, key, { start: 0, end: key.length }, format);
      }
      all(beforeSequence);
      out.text(sequence);
      all(end);
    }
    const path = batchPath(
      placed,
      documents.map(({ sequence }) => sequence),
      naming,
    );
    return { path, content: out.bytes(), contentType: 'application/x-ndjson' };
  };

  /** About what a line takes. */
  function lineBytes(document: SnapshotDocument): number {
    return document.text.length + documentKeyBytes(document) * 2 + beforeSequence.length + 192;
  }
}
