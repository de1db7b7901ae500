import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { digestOf } from '../../shared/events/lake-path.ts';
import { changeEvents, eventOf, withField } from '../support/change-events.ts';
import { receiptOf } from '../support/scripted-receiver.ts';
import { type Sender, senderOf } from '../support/sender.ts';

describe('forwardChangeEvent(): its log', () => {
  for (const [outcome, act] of [
    ['delivered', receiptOf(['stored'])],
    ['refused', receiptOf(['refused'])],
    ['kept', { status: 500 }],
  ] as const) {
    it(`is one line with the outcome of an event that is ${outcome}`, async (t) => {
      const sender = await senderOf(t);
      sender.receiver.act(act);
      const began = sender.clock.now();

      const answer = await sender.forward(changeEvents.update);

      const [line] = linesOf(sender);
      assert.deepEqual(line, answer);
      assert.partialDeepStrictEqual(line, {
        ...{ function: 'forwardChangeEvent', outcome, operationType: 'update', namespace: 'sample_mflix.movies' },
        durationMs: sender.clock.now() - began,
      });
    });
  }

  it('is one line that names a lost event', async (t) => {
    const sender = await senderOf(t);
    sender.receiver.act({ status: 500 });
    sender.disturb(() => Promise.reject(new Error('not primary')));

    await assert.rejects(sender.forward(changeEvents.update));

    const [line, ...others] = linesOf(sender);
    assert.partialDeepStrictEqual(line, { outcome: 'lost', operationType: 'update', namespace: 'sample_mflix.movies' });
    assert.deepEqual(others, []);
  });

  for (const operationType of ['update', 'dropDatabase', 'invalidate'] as const) {
    it(`names the event by the digest in its file name: ${operationType}`, async (t) => {
      const sender = await senderOf(t);

      const { digest } = await sender.forward(changeEvents[operationType]);

      assert.equal(digest, digestOf(eventOf(changeEvents[operationType])));
    });
  }

  for (const [name, long] of Object.entries({
    letters: 'x'.repeat(1000),
    'characters of three bytes': '€'.repeat(1000),
    'characters of two units': '😀'.repeat(1000),
    'characters that JSON writes with six': '\u0001'.repeat(1000),
  })) {
    it(`is one line of less than 512 bytes, and JSON, for names of many ${name}`, async (t) => {
      const sender = await senderOf(t);
      sender.receiver.act(receiptOf(['refused'], long));
      const named = withField(changeEvents.update, 'ns', { db: long.slice(0, 64), coll: long.slice(0, 255) });

      await sender.forward(withField(named, 'operationType', long));

      const [line, ...others] = linesOf(sender);
      assert.partialDeepStrictEqual(line, { outcome: 'refused' });
      assert.deepEqual(others, []);
      assert(Buffer.byteLength(sender.logs.join()) < 512);
    });
  }
});

function linesOf({ logs }: Sender): unknown[] {
  return logs.map((line) => JSON.parse(line));
}
