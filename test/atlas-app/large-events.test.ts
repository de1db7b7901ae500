import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { BSON } from 'bson';
import { insertOf, tokenOf, withField } from '../support/change-events.ts';
import { once, type Sender, senderOf } from '../support/sender.ts';
import { builtSource, sourceInParts } from '../support/timeless-atlas.ts';

const partBytes = 12_000_000;
/** Most tests cut into parts of 1 MB. It is the smallest part, and a twelfth of the work. */
const smallPartBytes = 1_000_000;
const large = insertOf({ text: 'x'.repeat(smallPartBytes) });

describe('forwardChangeEvent(): an event that is too large for one document of the outbox', () => {
  for (const shift of [0, 1, 2]) {
    it(`is cut between characters, and complete when joined: ${shift} bytes further`, async (t) => {
      const sender = await offline(t);
      const event = insertOf({ shift: 'x'.repeat(shift), text: '€'.repeat(334_000) });

      await sender.forward(event);

      const pieces = piecesOf(sender);
      assert.equal(pieces.length, 2);
      assert(pieces.join('') === JSON.stringify(event), 'the text is another');
      for (const piece of pieces) assert(Buffer.byteLength(piece) <= smallPartBytes);
    });
  }

  it('is cut around characters of four bytes too', async (t) => {
    const sender = await offline(t);
    const event = insertOf({ text: '😀'.repeat(260_000) });

    await sender.forward(event);

    assert(piecesOf(sender).join('') === JSON.stringify(event), 'the text is another');
  });

  it('can be as large as an argument: a 16 MB document with its pre-image', async (t) => {
    const sender = await offline(t, builtSource);
    const document = { text: '"'.repeat(16_700_000) };
    const event = withField(insertOf(document), 'fullDocumentBeforeChange', { text: 'ä'.repeat(640_000) });

    const { outcome } = await sender.forward(event);

    const [entry] = sender.documents('outbox');
    assert.equal(outcome, 'kept');
    assert(piecesOf(sender).join('') === JSON.stringify(event), 'the text is another');
    assert.equal(entry?.['bytes'], Buffer.byteLength(JSON.stringify(event)));
    assert.equal(entry?.['text'], undefined);
    for (const part of sender.documents('parts')) assert(BSON.calculateObjectSize(part) <= 16 * 1024 * 1024);
  });

  it('is in one entry up to 12 MB', async (t) => {
    const sender = await offline(t, builtSource);
    const around = JSON.stringify(insertOf({ text: '' })).length;
    const event = insertOf({ text: 'x'.repeat(partBytes - around) });

    await sender.forward(event);

    const [entry] = sender.documents('outbox');
    assert.deepEqual([entry?.['bytes'], entry?.['parts'], sender.documents('parts').length], [partBytes, [], 0]);
    assert(entry?.['text'] === JSON.stringify(event), 'the text is another');
  });

  it('writes its parts before its entry, so that no entry names missing parts', async (t) => {
    const writes: string[] = [];
    const sender = await offline(t);
    sender.disturb((operation, collection) => {
      if (operation === 'write') writes.push(collection);
      return undefined;
    });

    await sender.forward(large);

    assert.deepEqual(writes, ['marks', 'parts', 'parts', 'outbox']);
  });
});

describe('forwardChangeEvent(): no part is left over', () => {
  it('when the event is kept a second time', async (t) => {
    const sender = await offline(t);
    await sender.forward(large);
    const first = [...sender.documents('outbox'), ...partIds(sender)];
    sender.clock.skip(61_000);

    await sender.forward(large);

    assert.deepEqual([...sender.documents('outbox'), ...partIds(sender)], first);
  });

  it('when the answer of the entry is lost', async (t) => {
    const sender = await offline(t);
    sender.disturb(
      once('write', 'outbox', async (run) => {
        await run();
        throw new Error('connection reset');
      }),
    );

    await sender.forward(large);

    assert.equal(piecesOf(sender).length, 2);
    assert.equal(sender.documents('parts').length, 2);
  });

  it('when the entry can be written only the second time', async (t) => {
    const sender = await offline(t);
    sender.disturb(once('write', 'outbox', () => Promise.reject(new Error('not primary'))));

    await sender.forward(large);

    assert.equal(piecesOf(sender).length, 2);
    assert.equal(sender.documents('parts').length, 2);
  });

  it('when a part can be written only the second time', async (t) => {
    const sender = await offline(t);
    let parts = 0;
    sender.disturb((_, collection) => {
      if (collection === 'parts') parts++;
      return collection === 'parts' && parts === 2 ? Promise.reject(new Error('not primary')) : undefined;
    });

    await sender.forward(large);

    assert.equal(piecesOf(sender).length, 2);
    assert.equal(sender.documents('parts').length, 2);
  });
});

describe('forwardChangeEvent(): no part is missing', () => {
  it('when the entry appears after the function has given up', async (t) => {
    const sender = await offline(t);
    const late: (() => Promise<unknown>)[] = [];
    sender.disturb((operation, collection, run) => {
      if (operation !== 'write' || collection !== 'outbox') return undefined;
      late.push(run);
      return Promise.reject(new Error('connection reset'));
    });
    await assert.rejects(sender.forward(large), /the outbox must be writable/);
    sender.disturb(() => undefined);
    await late[0]?.();
    const atOnce = piecesOf(sender).join('');
    sender.clock.skip(61_000);

    const { outcome } = await sender.forward(large);

    assert.equal(outcome, 'kept');
    for (const text of [atOnce, piecesOf(sender).join('')])
      assert(text === JSON.stringify(large), 'the text is another');
  });

  it('when an earlier entry names missing parts', async (t) => {
    const sender = await offline(t);
    await sender.forward(large);
    await sender.collection('parts').deleteMany({});
    sender.clock.skip(61_000);

    const { outcome } = await sender.forward(large);

    assert.equal(outcome, 'kept');
    assert(piecesOf(sender).join('') === JSON.stringify(large), 'the text is another');
  });
});

describe('forwardChangeEvent(): an event with a long token', () => {
  it('is kept completely, although its text alone would fit', async (t) => {
    const sender = await offline(t, builtSource);
    const event = withField(insertOf({ text: 'x'.repeat(5_500_000) }), '_id', { _data: `82${'AB'.repeat(3_000_000)}` });

    const { outcome } = await sender.forward(event);

    const [entry] = sender.documents('outbox');
    const texts = new Map(sender.documents('parts').map((part) => [String(part['_id']), String(part['text'])]));
    assert.equal(outcome, 'kept');
    assert([...Object(entry?.['parts'])].map((id) => texts.get(String(id))).join('') === JSON.stringify(event));
  });
});

/** There is no receiver, because sending many megabytes takes long. */
function offline(t: TestContext, sourceOf = inSmallParts): Promise<Sender> {
  return senderOf(t, {}, () => Promise.reject(new Error('no such host')), 'mongodb-atlas', sourceOf);
}

function inSmallParts(name: string): string {
  return sourceInParts(name, smallPartBytes);
}

/** The parts that the entry names, in their order. */
function piecesOf({ documents }: Sender): string[] {
  const [entry] = documents('outbox');
  const texts = new Map(documents('parts').map((part) => [String(part['_id']), String(part['text'])]));
  assert.equal(entry?.['_id'], tokenOf(1));
  return [...Object(entry['parts'])].map((id) => texts.get(String(id)) ?? assert.fail('a part is missing'));
}

function partIds({ documents }: Sender): unknown[] {
  return documents('parts').map(({ _id }) => _id);
}
