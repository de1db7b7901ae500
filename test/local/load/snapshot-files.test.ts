import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { serialize } from 'bson';
import { bsonToJson } from '../../../local/dump/bson-to-json.ts';
import { LoadStopped } from '../../../local/load/load-target.ts';
import type { Snapshot } from '../../../local/load/snapshot.ts';
import { snapshotDocuments } from '../../../local/load/snapshot-document.ts';
import { snapshotEvents } from '../../../local/load/snapshot-event.ts';
import { snapshotFiles } from '../../../local/load/snapshot-files.ts';
import { targetInLake } from '../../../local/load/target-in-lake.ts';
import { receive } from '../../../shared/http/receive.ts';
import { corpus } from '../../support/bson-corpus.ts';
import { deliveryOf, now, receiverWith, settingsWith } from '../../support/deliveries.ts';
import { failing } from '../../support/lakes.ts';
import { checkedDocument, deliver, dumpDocument } from '../../support/load-target.ts';
import { memoryLake, textsIn } from '../../support/memory-lake.ts';

const snapshot: Snapshot = { database: 'shop', collection: 'ünd"ers', seconds: 1_795_169_730, shardKey: [] };

/** Each value as a field and as the `_id`: canonical, relaxed, in other spellings, and from BSON. */
const texts = corpus.flatMap(({ canonical, relaxed, alsoSentAs = [], bson }, index) => [
  ...[canonical, relaxed, ...alsoSentAs].flatMap((value, spelling) => [
    `{"_id":"${index} ${spelling}","v":${value},"list":[ ${value} , {"in":${value}}]}`,
    `{"v":1,"_id":{"n":"${index} ${spelling}","v":${value}}}`,
    // Without a space between tokens, the reader of a dump marks what a format can change.
    `{"_id":"${index} ${spelling} marked","n":1.50,"v":${value},"list":[${value},{"in":${value}}]}`,
    `{"a":1.50,"_id":{"n":"${index} ${spelling} marked","v":${value}},"z":${value}}`,
  ]),
  ...(bson === undefined ? [] : [bsonToJson(Buffer.from(serialize({ _id: `${index} bson`, v: bson })), 0)]),
]);

describe('snapshotFiles()', () => {
  for (const [name, environment] of [
    ['relaxed', {}],
    ['canonical', { DOCUMENT_FORMAT: 'canonical' }],
    ['simple', { DOCUMENT_FORMAT: 'simple' }],
    ['flat', { LAKE_LAYOUT: 'flat', FILE_PREFIX: 'other' }],
  ] as const)
    it(`writes the files that the receiver writes for the same snapshot events: ${name}`, async () => {
      const { documents, loaded, load } = targetOf(texts, environment);
      const received = memoryLake();
      const events = documents.map(snapshotEvents(snapshot)).map((event) => Buffer.from(event).toString());

      await load();
      await receive(deliveryOf(`[${events.join()}]`), receiverWith(received, environment), now);

      assert.equal(received.files.size, 1);
      assert.deepEqual(textsIn(loaded), textsIn(received));
    });

  it('writes a document once that the dump has twice: the first one counts', async () => {
    const { loaded, load } = targetOf(['{"_id":1,"n":1}', '{"_id":2}', '{"_id":1,"n":2}']);

    const loadedBatch = await load();

    assert.deepEqual(loadedBatch, { stored: 2, alreadyStored: 1, refused: [] });
    const [[, text] = ['', '']] = textsIn(loaded);
    assert.equal(text.split('\n').length, 3);
    assert(!text.includes('"n":2'));
  });

  it('finds the file that is there', async () => {
    const { load } = targetOf(['{"_id":1}']);

    await load();

    assert.deepEqual(await load(), { stored: 0, alreadyStored: 1, refused: [] });
  });

  it('writes batch after batch in the same memory, whatever the length of their documents', async () => {
    const memories = new Set<ArrayBufferLike>();
    const target = snapshotFiles('relaxed', snapshot, async ({ bytes, lineEnds }, _signal, onCopied) => {
      memories.add(bytes.buffer);
      onCopied(bytes);
      return { result: 'created', documents: lineEnds.length };
    });
    const { documents } = targetOf([`{"_id":"${'x'.repeat(2_500_000)}"}`, '{"_id":1}']);
    const [long, short] = [documents.slice(0, 1), documents.slice(1)];

    for (const batch of [long, short, long, [...short, ...short], long]) await deliver(target, batch);

    assert.equal(memories.size, 1);
  });

  it('tries again while the lake does not take the file, and then stops', async () => {
    const { documents, loaded, settings } = targetOf(['{"_id":1}']);
    let faults = 3;
    const lake = failing(loaded, () => (faults-- > 0 ? new Error('no answer') : undefined));
    const target = await targetInLake(settings, snapshot, lake, [0, 0]);

    await assert.rejects(deliver(target, documents), LoadStopped);
    assert.deepEqual(await deliver(target, documents), { stored: 1, alreadyStored: 0, refused: [] });
  });
});

function targetOf(sources: readonly (string | Uint8Array)[], environment: Record<string, string> = {}) {
  const settings = settingsWith(environment);
  const loaded = memoryLake();
  const documents = sources.map((source, index) => {
    const place = `line ${index + 1}`;
    const read = typeof source === 'string' ? checkedDocument(source, place) : dumpDocument(source, place);
    return snapshotDocuments(snapshot)(read);
  });
  const load = async () => deliver(await targetInLake(settings, snapshot, loaded), documents);
  return { settings, documents, loaded, load };
}
