// Makes the snapshot event of a document, as text for a request.
import { byteWriter } from '../../shared/json/byte-writer.ts';
import type { Snapshot } from './snapshot.ts';
import { documentKey, documentKeyBytes, eventKeys, type SnapshotDocument } from './snapshot-document.ts';
import { digestDigits, digestOf, tokenOf } from './snapshot-token.ts';

export function snapshotEvents(snapshot: Snapshot): (document: SnapshotDocument) => Uint8Array {
  const eventKey = eventKeys(snapshot);
  return (document) => {
    const { text, start, end } = document;
    const key = documentKey(document);
    const out = byteWriter(end - start + key.length * 3 + 512);
    out.text(beginning(tokenOf(snapshot.seconds, digestOf(eventKey(document))), snapshot));
    out.text(key);
    out.text(middle);
    out.copy(text, start, end);
    out.text('}');
    return out.bytes();
  };
}

/** Returns the length of these events, without making one. */
export function eventLength(snapshot: Snapshot): (document: SnapshotDocument) => number {
  const token = tokenOf(snapshot.seconds, '0'.repeat(digestDigits));
  const around = Buffer.byteLength(beginning(token, snapshot)) + middle.length + 1;
  return (document) => around + documentKeyBytes(document) + document.end - document.start;
}

const middle = ',"fullDocument":';

function beginning(sequence: string, { database, collection, seconds }: Snapshot): string {
  const namespace = JSON.stringify({ db: database, coll: collection });
  return (
    `{"_id":{"_data":"${sequence}"},"operationType":"insert","snapshot":true,` +
    `"clusterTime":{"$timestamp":{"t":${seconds},"i":0}},"ns":${namespace},"documentKey":`
  );
}
