import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { receive } from '../../../shared/http/receive.ts';
import {
  changeEvents,
  type EventFields,
  eventSeconds,
  textOf,
  tokenOf,
  withField,
} from '../../support/change-events.ts';
import { deliveryOf, now, receiverWith } from '../../support/deliveries.ts';
import { failing, hanging, temporaryLake } from '../../support/lakes.ts';
import { eventsOf, outcomesOf, pathsOf } from '../../support/receipts.ts';
import { fc } from '../../support/seeded.ts';

const batch = { LAKE_FILES: 'batch' };
const hour = 'sample_mflix/movies/year=2026/month=11/day=20/hour=10';

describe('receive() with LAKE_FILES=batch', () => {
  it('writes the events of a namespace and an hour as one file, in stream order', async (t) => {
    const lake = await temporaryLake(t);

    const receipt = await receive(arrayOf([nth(3), nth(1), nth(2)]), receiverWith(lake, batch), now);

    const [[path, content] = ['', '']] = await lake.files();
    assert.match(path, /^sample_mflix\/movies\/.*\/hour=10\/change-1795169730-0000000001-3-[0-9a-f]{16}\.jsonl$/);
    assert.deepEqual(sequencesIn(content), [tokenOf(1), tokenOf(2), tokenOf(3)]);
    assert.deepEqual(outcomesOf(receipt), ['stored', 'stored', 'stored']);
    assert.deepEqual(pathsOf(receipt), [path, path, path]);
  });

  it('writes the same lines as in one file per event', async (t) => {
    const [inBatches, inFiles] = [await temporaryLake(t), await temporaryLake(t)];
    const events = Object.values(changeEvents);

    await receive(arrayOf(events), receiverWith(inBatches, batch), now);
    await receive(arrayOf(events), receiverWith(inFiles), now);

    const linesOf = async (lake: typeof inFiles) =>
      [...(await lake.files()).values()].flatMap((content) => content.split(/(?<=\n)/)).sort();
    assert.deepEqual(await linesOf(inBatches), await linesOf(inFiles));
  });

  it('keeps namespaces and hours separate', async (t) => {
    const lake = await temporaryLake(t);
    const shows = withField(nth(2), 'ns', { db: 'sample_mflix', coll: 'shows' });
    const later = withField(nth(3), 'clusterTime', { $timestamp: { t: eventSeconds + 3600, i: 3 } });
    const cluster = changeEvents.invalidate;

    const receipt = await receive(arrayOf([nth(1), shows, later, cluster]), receiverWith(lake, batch), now);

    const folders = pathsOf(receipt).map((path) => path.slice(0, path.lastIndexOf('/')));
    const nextHour = hour.replace('hour=10', 'hour=11');
    assert.deepEqual(folders, [
      hour,
      hour.replace('movies', 'shows'),
      nextHour,
      hour.replace('sample_mflix/movies', '~/~'),
    ]);
    assert.equal((await lake.files()).size, 4);
  });

  it('finds its file at a redelivery in any order', async (t) => {
    const lake = await temporaryLake(t);
    const receiver = receiverWith(lake, batch);

    await receive(arrayOf([nth(1), nth(2), nth(3)]), receiver, now);
    const again = await receive(arrayOf([nth(2), nth(3), nth(1)]), receiver, now);

    assert.deepEqual(outcomesOf(again), ['alreadyStored', 'alreadyStored', 'alreadyStored']);
    assert.equal((await lake.files()).size, 1);
  });

  it('writes a repeated event of a delivery once, the first of the two', async (t) => {
    const lake = await temporaryLake(t);
    const newer = withField(nth(1), 'fullDocument', { newer: true });

    const receipt = await receive(arrayOf([nth(1), nth(2), newer]), receiverWith(lake, batch), now);

    const [[path, content] = ['', '']] = await lake.files();
    assert.deepEqual(outcomesOf(receipt), ['stored', 'stored', 'alreadyStored']);
    assert.deepEqual(sequencesIn(content), [tokenOf(1), tokenOf(2)]);
    assert.doesNotMatch(content, /newer/);
    assert.match(path, /-2-[0-9a-f]{16}\.jsonl$/);
  });

  it('distinguishes two batches with the same first event and length', async (t) => {
    const lake = await temporaryLake(t);
    const receiver = receiverWith(lake, batch);

    await receive(arrayOf([nth(1), nth(2)]), receiver, now);
    const other = await receive(arrayOf([nth(1), nth(3)]), receiver, now);

    assert.deepEqual(outcomesOf(other), ['stored', 'stored']);
    assert.equal((await lake.files()).size, 2);
  });

  it('writes a single event as a batch of one', async (t) => {
    const lake = await temporaryLake(t);

    const receipt = await receive(deliveryOf(textOf(nth(1))), receiverWith(lake, batch), now);

    assert.match(pathsOf(receipt)[0] ?? '', /\/change-1795169730-0000000001-1-[0-9a-f]{16}\.jsonl$/);
    assert.deepEqual([...(await lake.files()).keys()], pathsOf(receipt));
  });

  it('leaves the folders out in a flat lake, and still keeps namespaces and hours separate', async (t) => {
    const lake = await temporaryLake(t);
    const shows = withField(nth(1), 'ns', { db: 'sample_mflix', coll: 'shows' });

    await receive(arrayOf([nth(1), shows]), receiverWith(lake, { ...batch, LAKE_LAYOUT: 'flat' }), now);

    const paths = [...(await lake.files()).keys()];
    assert.equal(paths.length, 2);
    for (const path of paths) assert.match(path, /^change-1795169730-0000000001-1-[0-9a-f]{16}\.jsonl$/);
  });

  it('stores the other events if some are refused', async (t) => {
    const lake = await temporaryLake(t);

    const receipt = await receive(arrayOf([nth(1), { no: 'event' }, nth(2)]), receiverWith(lake, batch), now);

    assert.deepEqual(outcomesOf(receipt), ['stored', 'refused', 'stored']);
    assert.equal((await lake.files()).size, 1);
  });

  it('reports events of a failed write as failed, and those of other files as stored', async (t) => {
    const lake = await temporaryLake(t);
    const shows = withField(nth(2), 'ns', { db: 'sample_mflix', coll: 'shows' });
    const broken = failing(lake, (path) => (path.includes('/shows/') ? new Error('Cannot write') : undefined));

    const receipt = await receive(arrayOf([nth(1), shows, nth(3), shows]), receiverWith(broken, batch), now);

    assert.deepEqual(outcomesOf(receipt), ['stored', 'failed', 'stored', 'failed']);
    assert.equal((await lake.files()).size, 1);
  });

  it('reports events as failed if their write hangs, and ends within 25 s', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });

    const receiving = receive(arrayOf([nth(1), nth(2)]), receiverWith(hanging(await temporaryLake(t)), batch), now);
    for (let second = 0; second < 25; second++) {
      await new Promise(setImmediate);
      t.mock.timers.tick(1_000);
    }

    assert.deepEqual(outcomesOf(await receiving), ['failed', 'failed']);
  });

  it('asks the storage once for a thousand events', async (t) => {
    const lake = await temporaryLake(t);
    let writes = 0;
    const counting = failing(lake, () => {
      writes++;
      return undefined;
    });

    const receipt = await receive(
      arrayOf(Array.from({ length: 1000 }, (_, n) => nth(n))),
      receiverWith(counting, batch),
      now,
    );

    assert.equal(writes, 1);
    assert.equal(eventsOf(receipt).length, 1000);
  });

  it('has every event once per file and none missing, however the events are cut into deliveries', async (t) => {
    const events = Array.from({ length: 12 }, (_, n) => nth(n));
    const cut = fc.array(fc.shuffledSubarray(events, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 9 });

    await fc.assert(
      fc.asyncProperty(cut, async (deliveries) => {
        const lake = await temporaryLake(t);
        const receiver = receiverWith(lake, batch);

        await Promise.all(deliveries.map((delivery) => receive(arrayOf(delivery), receiver, now)));

        const files = [...(await lake.files()).values()].map(sequencesIn);
        for (const sequences of files) assert.deepEqual(sequences, [...new Set(sequences)].sort());
        const delivered = new Set(deliveries.flat().map((event) => tokenOf(events.indexOf(event))));
        assert.deepEqual([...new Set(files.flat())].sort(), [...delivered].sort());
      }),
      { numRuns: 25 },
    );
  });
});

function nth(increment: number): EventFields {
  const time = { $timestamp: { t: eventSeconds, i: increment } };
  return withField(withField(changeEvents.insert, '_id', { _data: tokenOf(increment) }), 'clusterTime', time);
}

function arrayOf(events: readonly EventFields[]) {
  return deliveryOf(JSON.stringify(events));
}

function sequencesIn(content: string): string[] {
  assert(content.endsWith('\n'));
  return content
    .trimEnd()
    .split('\n')
    .map((line) => String(JSON.parse(line).sequence));
}
