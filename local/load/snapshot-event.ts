// The snapshot event of a document, as a request carries it.
import { byteWriter } from '../../shared/json/byte-writer.ts';
import type { Snapshot, SnapshotDocument } from './snapshot.ts';

export function snapshotEvent({ text, key, sequence }: SnapshotDocument, snapshot: Snapshot): Uint8Array {
  const out = byteWriter(text.length + key.length * 3 + 512);
  out.text(beginning(sequence, snapshot));
  out.text(key);
  out.text(middle);
  out.copy(text, 0, text.length);
  out.text('}');
  return out.bytes();
}

/** How long these events are, without making one. */
export function eventLength(snapshot: Snapshot): (document: SnapshotDocument) => number {
  const around = Buffer.byteLength(beginning('', snapshot)) + middle.length + 1;
  return ({ text, key, sequence }) => around + sequence.length + Buffer.byteLength(key) + text.length;
}

const middle = ',"fullDocument":';

function beginning(sequence: string, { database, collection, seconds }: Snapshot): string {
  const namespace = JSON.stringify({ db: database, coll: collection });
  return (
    `{"_id":{"_data":"${sequence}"},"operationType":"insert","snapshot":true,` +
    `"clusterTime":{"$timestamp":{"t":${seconds},"i":0}},"ns":${namespace},"documentKey":`
  );
}
