import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { changeEvents } from '../support/change-events.ts';
import { now } from '../support/deliveries.ts';
import { type Sender, senderOf } from '../support/sender.ts';

const event = changeEvents.insert;

describe('forwardChangeEvent(): the second try', () => {
  it('comes between one and two seconds after the first, at random', async (t) => {
    const pauses = new Set<number>();
    for (let count = 0; count < 10; count++) {
      const sender = await answeredWith(t, {});
      await sender.forward(event);
      pauses.add(pauseOf(sender));
    }

    for (const pause of pauses) assert(pause >= 1000 && pause < 2000, `${pause} ms`);
    assert(pauses.size > 1);
  });

  for (const [name, headers, leastMs] of [
    ['in seconds', { 'Retry-After': '5' }, 5000],
    ['in another case', { 'retry-AFTER': '5' }, 5000],
    ['as a date', { 'Retry-After': new Date(now.getTime() + 7000).toUTCString() }, 7000],
    ['now', { 'Retry-After': '0' }, 0],
    ['as a date that is over', { 'Retry-After': new Date(now.getTime() - 7000).toUTCString() }, 0],
    ['at a time that is none', { 'Retry-After': 'soon' }, 1000],
  ] as const) {
    it(`is not earlier than the receiver asks: ${name}`, async (t) => {
      const sender = await answeredWith(t, headers);

      await sender.forward(event);

      const pause = pauseOf(sender);
      assert(pause >= leastMs && pause < leastMs + 1000, `${pause} ms`);
    });
  }

  for (const [name, headers] of [
    ['in a minute', { 'Retry-After': '60' }],
    ['after more digits than a number has', { 'Retry-After': '9'.repeat(400) }],
    ['tomorrow', { 'Retry-After': new Date(now.getTime() + 86_400_000).toUTCString() }],
  ] as const) {
    it(`is left to the outbox if the receiver asks for it ${name}`, async (t) => {
      const sender = await answeredWith(t, headers);

      const { outcome } = await sender.forward(event);

      assert.deepEqual([outcome, sender.tries.length], ['kept', 1]);
      assert.equal(sender.clock.now(), now.getTime());
    });
  }

  it('ends within half a minute after the first began', async (t) => {
    const sender = await senderOf(t);
    sender.receiver.act(() => {
      sender.hang();
      return { status: 503, headers: { 'retry-after': '16' } };
    });

    await sender.forward(event);

    assert.equal(sender.tries.length, 2);
    assert(sender.clock.now() - now.getTime() < 30_000);
  });
});

/** Keeps the case of header names, which an HTTP server would change. */
function answeredWith(t: TestContext, headers: Readonly<Record<string, string>>): Promise<Sender> {
  const lists = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]));
  const answer = { statusCode: 503, headers: lists, body: { text: () => '' } };
  return senderOf(t, {}, () => Promise.resolve(answer));
}

function pauseOf({ tries }: Sender): number {
  const [first = 0, second = 0] = tries;
  assert.equal(tries.length, 2);
  return second - first;
}
