import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { isAuthentic } from '../../shared/http/signature.ts';
import { receiverKey } from '../support/atlas.ts';
import { changeEvents, insertOf, tokenOf } from '../support/change-events.ts';
import { secretKey, signatureIn } from '../support/deliveries.ts';
import { receiptOf, type Told } from '../support/scripted-receiver.ts';
import { senderOf } from '../support/sender.ts';

const oneOfEachType = {
  _id: { $oid: '573a1390f29313caabcd4135' },
  whole: { $numberDouble: '1.0' },
  nearest: { $numberDouble: '0.1' },
  negativeZero: { $numberDouble: '-0.0' },
  notANumber: { $numberDouble: 'NaN' },
  infinite: { $numberDouble: '-Infinity' },
  int32: { $numberInt: '-2147483648' },
  int64: { $numberLong: '9007199254740993' },
  small64: { $numberLong: '1' },
  decimal: { $numberDecimal: '1.10' },
  date: { $date: { $numberLong: '1795169730250' } },
  farDate: { $date: { $numberLong: '-62135596800000' } },
  timestamp: { $timestamp: { t: 4294967295, i: 1 } },
  binary: { $binary: { base64: 'AP8QYQ==', subType: '80' } },
  uuid: { $binary: { base64: 'wjQ0Iu/hT0y3VVvXzTkyKA==', subType: '04' } },
  pattern: { $regularExpression: { pattern: '^\\d/"', options: 'im' } },
  code: { $code: 'return 1' },
  least: { $minKey: 1 },
  most: { $maxKey: 1 },
  text: 'Ünï€😀\u0000\u2028"\\',
  nothing: null,
  yes: true,
  list: [{ $numberInt: '1' }, [], {}],
} as const;

describe('forwardChangeEvent(): the post', () => {
  it('is the event in canonical Extended JSON, to the letter', async (t) => {
    const sender = await senderOf(t);
    const event = insertOf(oneOfEachType);

    const { outcome } = await sender.forward(event);

    assert.equal(outcome, 'delivered');
    assert.deepEqual(
      sender.receiver.told.map(({ body }) => body),
      [JSON.stringify(event)],
    );
  });

  for (const [operationType, event] of Object.entries(changeEvents)) {
    it(`is ${operationType} too, once, and leaves nothing behind`, async (t) => {
      const sender = await senderOf(t);

      const { outcome } = await sender.forward(event);

      assert.equal(outcome, 'delivered');
      assert.deepEqual(
        sender.receiver.told.map(({ body }) => body),
        [JSON.stringify(event)],
      );
      assert.deepEqual([...sender.documents('outbox'), ...sender.documents('marks')], []);
    });
  }

  it('carries the key, the type and the signature of exactly these bytes', async (t) => {
    const sender = await senderOf(t);

    await sender.forward(insertOf(oneOfEachType));

    const [told] = sender.receiver.told;
    assert.equal(told?.headers['content-type'], 'application/json');
    assert.equal(told?.headers['x-functions-key'], receiverKey);
    assert.equal(isSigned(told, sender.clock.now()), true);
  });

  it('is posted to the unchanged address, without encoding or redirects by Atlas', async (t) => {
    const requests: unknown[] = [];
    const sender = await senderOf(
      t,
      { lakeReceiverUrl: ' https://lake.test/api/change-events?code=a%2Bb ' },
      (request) => {
        requests.push(request);
        return Promise.resolve({ statusCode: 200, headers: {}, body: { text: () => receiptOf(['stored']).body } });
      },
    );

    await sender.forward(changeEvents.insert);

    const [request] = requests;
    assert.partialDeepStrictEqual(JSON.parse(JSON.stringify(request)), {
      url: 'https://lake.test/api/change-events?code=a%2Bb',
      encodeBodyAsJSON: false,
      followRedirects: false,
    });
  });

  for (const key of ['', ' ', undefined, 5]) {
    it(`carries no key if lakeReceiverKey is ${JSON.stringify(key)}`, async (t) => {
      const sender = await senderOf(t, { lakeReceiverKey: key });

      await sender.forward(changeEvents.insert);

      assert.equal(sender.receiver.told[0]?.headers['x-functions-key'], undefined);
    });
  }

  for (const empty of ['', undefined]) {
    it(`is not signed if lakeSigningSecret is ${JSON.stringify(empty)}`, async (t) => {
      const sender = await senderOf(t, { lakeSigningSecret: empty });

      const { outcome } = await sender.forward(changeEvents.insert);

      const names = Object.keys(sender.receiver.told[0]?.headers ?? {});
      assert.equal(outcome, 'delivered');
      assert.deepEqual(
        names.filter((name) => name.startsWith('webhook-')),
        [],
      );
    });
  }
});

describe('forwardChangeEvent(): two tries of one event', () => {
  it('are the same bytes under the same id, and the id shows nothing of the token', async (t) => {
    const sender = await senderOf(t);
    sender.receiver.act({ status: 500 }, receiptOf(['stored']));

    await sender.forward(changeEvents.insert);

    const [first, second] = sender.receiver.told;
    const digest = createHash('sha256').update(tokenOf(1)).digest('hex');
    assert.equal(sender.receiver.told.length, 2);
    assert.equal(first?.body, second?.body);
    assert.equal(first?.headers['webhook-id'], `evt_${digest.slice(0, 32)}`);
    assert.equal(second?.headers['webhook-id'], first?.headers['webhook-id']);
  });

  it('are each signed at their own time', async (t) => {
    const sender = await senderOf(t);
    sender.hang();

    await sender.forward(changeEvents.insert);

    const times = sender.receiver.told.map(({ headers }) => Number(headers['webhook-timestamp']));
    assert.deepEqual(
      times,
      sender.tries.map((ms) => Math.floor(ms / 1000)),
    );
    assert.notEqual(times[0], times[1]);
    for (const [index, told] of sender.receiver.told.entries())
      assert.equal(isSigned(told, sender.tries[index] ?? 0), true);
  });

  it('have the same id in another invocation, and another id of another event', async (t) => {
    const sender = await senderOf(t);

    for (const event of [changeEvents.insert, changeEvents.insert, changeEvents.update]) await sender.forward(event);

    const [first, again, other] = sender.receiver.told.map(({ headers }) => headers['webhook-id']);
    assert.equal(first, again);
    assert.notEqual(first, other);
  });
});

function isSigned(told: Told | undefined, atMs: number): boolean {
  const { headers = {}, body = '' } = told ?? {};
  return isAuthentic(Buffer.from(body), signatureIn(headers), [secretKey], new Date(atMs));
}
