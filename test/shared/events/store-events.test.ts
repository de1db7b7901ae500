import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readChangeEvent } from '../../../shared/events/change-event.ts';
import { type EventReader, storeEvents } from '../../../shared/events/store-events.ts';
import { changeEvents, type EventFields, textOf, tokenOf, withField } from '../../support/change-events.ts';
import { settingsWith } from '../../support/deliveries.ts';
import { failing, temporaryLake } from '../../support/lakes.ts';

const { signal } = new AbortController();

describe('storeEvents()', () => {
  it('returns an outcome for each reader, in their order', async (t) => {
    const lake = await temporaryLake(t);
    const readers = [readerOf(change(1)), readerOf({ no: 'event' }), readerOf(change(2)), readerOf(change(1))];

    const outcomes = await storeEvents(readers, settingsWith({ WRITE_CONCURRENCY: '1' }), lake, signal);

    assert.deepEqual(
      outcomes.map(({ outcome }) => outcome),
      ['stored', 'refused', 'stored', 'alreadyStored'],
    );
  });

  it('turns a fault in reading into the outcome of that event only', async (t) => {
    const lake = await temporaryLake(t);
    const broken: EventReader = () => {
      throw new TypeError('Cannot read: a fault of our own');
    };

    for (const LAKE_FILES of ['event', 'batch']) {
      const outcomes = await storeEvents(
        [readerOf(change(1)), broken, readerOf(change(2))],
        settingsWith({ LAKE_FILES }),
        lake,
        signal,
      );

      assert.deepEqual(outcomes[1], { outcome: 'failed', event: undefined, fault: 'TypeError' });
      assert.deepEqual([outcomes[0]?.outcome, outcomes[2]?.outcome], ['stored', 'stored']);
    }
  });

  it('turns a fault in naming into the outcome of that event only', async (t) => {
    const lake = await temporaryLake(t);
    const read = readChangeEvent(Buffer.from(textOf(change(1))), { start: 0, end: textOf(change(1)).length });
    assert(read.kind === 'change-event');
    const odd: EventReader = () => ({
      ...read,
      event: { ...read.event, time: { ms: Number.NaN, seconds: 0, increment: 0 } },
    });

    const outcomes = await storeEvents([odd, readerOf(change(2))], settingsWith({}), lake, signal);

    assert.deepEqual(
      outcomes.map(({ outcome }) => outcome),
      ['failed', 'stored'],
    );
  });

  it('writes nothing that has not begun when the signal ends', async (t) => {
    const lake = await temporaryLake(t);
    const ended = new AbortController();
    const ending = failing(lake, () => {
      ended.abort();
      return undefined;
    });
    const readers = [1, 2, 3].map((n) => readerOf(change(n)));

    const outcomes = await storeEvents(readers, settingsWith({ WRITE_CONCURRENCY: '1' }), ending, ended.signal);

    assert.deepEqual(
      outcomes.slice(1).map(({ outcome }) => outcome),
      ['failed', 'failed'],
    );
  });

  describe('with snapshot events of an initial load', () => {
    it('writes them as batch files, and other events as usual', async (t) => {
      const lake = await temporaryLake(t);
      const readers = [snapshot(1), change(2), snapshot(3), change(4)].map(readerOf);

      const outcomes = await storeEvents(readers, settingsWith({}), lake, signal);

      const paths = outcomes.map((event) => (event.outcome === 'stored' ? event.path : ''));
      assert.deepEqual(
        paths.map((path) => path.split('.').at(-1)),
        ['jsonl', 'json', 'jsonl', 'json'],
      );
      assert.equal(paths[0], paths[2]);
      assert.equal((await lake.files()).size, 3);
    });

    it('finds both kinds of file at a redelivery', async (t) => {
      const lake = await temporaryLake(t);
      const readers = [snapshot(1), change(2), snapshot(3)].map(readerOf);

      await storeEvents(readers, settingsWith({}), lake, signal);
      const again = await storeEvents(readers, settingsWith({}), lake, signal);

      assert.deepEqual(
        again.map(({ outcome }) => outcome),
        ['alreadyStored', 'alreadyStored', 'alreadyStored'],
      );
      assert.equal((await lake.files()).size, 2);
    });

    for (const LAKE_FILES of ['event', 'batch'])
      it(`finds the file of a repeated page beside other events, LAKE_FILES=${LAKE_FILES}`, async (t) => {
        const lake = await temporaryLake(t);
        const page = [snapshot(1), snapshot(3)];

        await storeEvents(page.map(readerOf), settingsWith({ LAKE_FILES }), lake, signal);
        const mixed = await storeEvents([change(2), ...page].map(readerOf), settingsWith({ LAKE_FILES }), lake, signal);

        assert.deepEqual(
          mixed.map(({ outcome }) => outcome),
          ['stored', 'alreadyStored', 'alreadyStored'],
        );
      });

    for (const [what, event] of [
      ['whose "snapshot" is no true', withField(change(1), 'snapshot', 'true')],
      ['of another type than insert', withField(snapshot(1), 'operationType', 'replace')],
      ['with "snapshot" in its document', withField(change(1), 'fullDocument', { snapshot: true })],
    ] as const)
      it(`takes an event ${what} for any other`, async (t) => {
        const lake = await temporaryLake(t);

        await storeEvents([readerOf(event)], settingsWith({}), lake, signal);

        assert.match([...(await lake.files()).keys()].join(), /^[^,]+\.json$/);
      });
  });
});

function readerOf(event: unknown): EventReader {
  const text = Buffer.from(JSON.stringify(event));
  return () => readChangeEvent(text, { start: 0, end: text.length });
}

function change(increment: number): EventFields {
  return withField(changeEvents.insert, '_id', { _data: tokenOf(increment) });
}

function snapshot(increment: number): EventFields {
  return withField(change(increment), 'snapshot', true);
}
