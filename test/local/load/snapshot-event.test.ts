import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { snapshotEvent } from '../../../local/load/snapshot-event.ts';
import { snapshotTokens } from '../../support/snapshot-tokens.ts';

describe('snapshotEvent()', () => {
  it('has the tokens of docs/lake.md', () => {
    for (const { db, coll, seconds, documentKey, token } of snapshotTokens()) {
      const document = { text: Buffer.from(JSON.stringify(documentKey)), place: 'line 1' };
      const shardKey = Object.keys(documentKey);

      const event: unknown = JSON.parse(
        Buffer.from(snapshotEvent(document, { database: db, collection: coll, seconds, shardKey })).toString(),
      );

      assert.partialDeepStrictEqual(event, { _id: { _data: token }, documentKey });
    }
  });
});
