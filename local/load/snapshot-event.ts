// The snapshot event of a document, as a request carries it.
import { byteWriter } from '../../shared/json/byte-writer.ts';
import { documentKey, documentKeyBytes, type Snapshot, type SnapshotDocument } from './snapshot.ts';

export function snapshotEvent(document: SnapshotDocument, snapshot: Snapshot): Uint8Array {
  const { text, sequence } = document;
  const key = documentKey(document);
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
  return (document) => around + document.sequence.length + documentKeyBytes(document) + document.text.length;
}

const middle = ',"fullDocument":';

function beginning(sequence: string, { database, collection, seconds }: Snapshot): string {
  const namespace = JSON.stringify({ db: database, coll: collection });
  return (
    `{"_id":{"_data":"${sequence}"},"operationType":"insert","snapshot":true,` +
    `"clusterTime":{"$timestamp":{"t":${seconds},"i":0}},"ns":${namespace},"documentKey":`
  );
}
