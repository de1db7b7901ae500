import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Snapshot } from '../../../local/load/snapshot.ts';
import { snapshotDocuments } from '../../../local/load/snapshot-document.ts';
import { snapshotEvents } from '../../../local/load/snapshot-event.ts';
import { targetInLake } from '../../../local/load/target-in-lake.ts';
import { receive } from '../../../shared/http/receive.ts';
import { corpus } from '../../support/bson-corpus.ts';
import { deliveryOf, now, receiverWith, secret, settingsWith } from '../../support/deliveries.ts';
import { deliver, dumpDocument } from '../../support/load-target.ts';
import { memoryLake, textsIn } from '../../support/memory-lake.ts';

const snapshot: Snapshot = { database: 'shop', collection: 'orders', seconds: 1_795_169_730, shardKey: [] };
const rules = {
  'a field': 'shop.orders: v',
  'a nested field, hashed': 'shop.orders: list.in=hash',
  'the whole `_id`, which is in the key and in the token': 'shop.orders: _id=hash',
  'a part of the `_id`': 'shop.orders: _id.v=hash, v=mask',
  'every collection': '*: v=hash',
  'another collection only': 'shop.customers: v',
};

/** Each value as a field, in a list and inside the `_id`. */
const texts = corpus.flatMap(({ canonical, relaxed }, index) =>
  [canonical, relaxed].map(
    (value, spelling) => `{"v":${value},"_id":{"n":"${index} ${spelling}","v":${value}},"list":[{"in":${value}}]}`,
  ),
);

describe('targetInLake(), with REDACT', () => {
  for (const [name, redact] of Object.entries(rules))
    for (const DOCUMENT_FORMAT of ['relaxed', 'canonical', 'simple'])
      it(`writes the files of the receiver, byte for byte: ${name}, ${DOCUMENT_FORMAT}`, async () => {
        const environment = { DOCUMENT_FORMAT, REDACT: redact, REDACT_KEY: secret };
        const documentOf = snapshotDocuments(snapshot);
        const documents = texts.map((text, at) => documentOf(dumpDocument(text, `line ${at + 1}`)));
        const [loaded, received] = [memoryLake(), memoryLake()];

        const batch = await deliver(await targetInLake(settingsWith(environment), snapshot, loaded), documents);
        const events = documents.map(snapshotEvents(snapshot)).map((event) => Buffer.from(event).toString());
        await receive(deliveryOf(`[${events.join()}]`), receiverWith(received, environment), now);

        assert.deepEqual(batch, { stored: texts.length, alreadyStored: 0, refused: [] });
        assert.equal(received.files.size, 1);
        assert.deepEqual(textsIn(loaded), textsIn(received));
      });
});
