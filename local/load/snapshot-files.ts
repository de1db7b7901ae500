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
import type { LoadTarget } from './load-target.ts';
import type { Snapshot, SnapshotDocument } from './snapshot.ts';

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
  return {
    deliver: async (documents, signal) => {
      const inOrder = documents.toSorted((one, other) => (one.sequence < other.sequence ? -1 : 1));
      const repeated = new Set(inOrder.filter(({ sequence }, at) => sequence === inOrder[at - 1]?.sequence));
      const file = batchFile(
        repeated.size === 0 ? inOrder : inOrder.filter((one) => !repeated.has(one)),
        settings,
        snapshot,
      );
      const result = await untilTaken(() => created(file, lake, signal), pausesMs, signal);
      return documents.map((document) => ({
        outcome: result === 'exists' || repeated.has(document) ? 'alreadyStored' : 'stored',
      }));
    },
  };
}

async function created(file: NewFile, lake: LakeWriter, signal: AbortSignal): Promise<Attempt<'created' | 'exists'>> {
  try {
    return { kind: 'taken', result: await createInTime(lake, file, writeMs, signal) };
  } catch (fault) {
    signal.throwIfAborted();
    return { kind: 'failed', fault: describeFault(fault) };
  }
}

function batchFile(
  documents: readonly SnapshotDocument[],
  { naming, documentFormat }: SnapshotFilesSettings,
  { database, collection, seconds }: Snapshot,
): NewFile {
  const placed = { db: database, coll: collection, time: { ms: seconds * 1000, seconds, increment: 0 } };
  const format = formats[documentFormat];
  const namespace = `,"ns":${JSON.stringify({ db: database, coll: collection })}`;
  const rest = `${namespace},"clusterTime":"${new Date(placed.time.ms).toISOString()}","sequence":"`;
  const out = byteWriter(
    documents.reduce((bytes, { text, key }) => bytes + text.length + key.length * 2 + rest.length + 128, 0),
  );
  for (const { text, key, sequence } of documents) {
    out.text('{"operationType":"insert","data":');
    writeValue(out, text, { start: 0, end: text.length }, format);
    out.text(',"documentKey":');
    const keyText = Buffer.from(key);
    writeValue(out, keyText, { start: 0, end: keyText.length }, format);
    out.text(rest);
    out.text(sequence);
    out.text('","snapshot":true}\n');
  }
  const path = batchPath(
    placed,
    documents.map(({ sequence }) => sequence),
    naming,
  );
  return { path, content: out.bytes(), contentType: 'application/x-ndjson' };
}
