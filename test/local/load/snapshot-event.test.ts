import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Snapshot } from '../../../local/load/snapshot.ts';
import { snapshotDocuments } from '../../../local/load/snapshot-document.ts';
import { eventLength, snapshotEvents } from '../../../local/load/snapshot-event.ts';
import { dumpDocument } from '../../support/load-target.ts';
import { snapshotTokens } from '../../support/snapshot-tokens.ts';

describe('snapshotEvents()', () => {
  it('has the tokens of docs/lake.md', () => {
    for (const { db, coll, seconds, documentKey, token } of snapshotTokens()) {
      const text = Buffer.from(JSON.stringify(documentKey));
      const snapshot: Snapshot = { database: db, collection: coll, seconds, shardKey: Object.keys(documentKey) };
      const document = snapshotDocuments(snapshot)(dumpDocument(text));

      const event = Buffer.from(snapshotEvents(snapshot)(document));

      assert.partialDeepStrictEqual(JSON.parse(event.toString()), { _id: { _data: token }, documentKey });
      assert.equal(eventLength(snapshot)(document), event.length);
    }
  });
});
