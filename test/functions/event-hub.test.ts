import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { changeEvents, textOf, withField } from '../support/change-events.ts';
import { own, partitionOf, startHubInstance } from '../support/hub-host.ts';
import { filesIn, temporaryFolder } from '../support/lakes.ts';

const hub = { EVENT_HUB_NAME: 'hub', EVENT_HUB_CONNECTION__fullyQualifiedNamespace: 'ns.example' };

describe('the event hub function of the bundle', () => {
  it('exists only if a hub is named', async (t) => {
    const environment = { LAKE_URL: `file:${await temporaryFolder(t)}` };

    const without = await startHubInstance(t, { ...environment, EVENT_HUB_NAME: ' ' });

    assert.deepEqual(
      without.functions.filter((name) => name === 'eventHub'),
      [],
    );
    assert(without.functions.includes('changeEvents'));
  });

  it('asks the host for bytes, for many at once, and for an endless retry', async (t) => {
    const environment = { LAKE_URL: `file:${await temporaryFolder(t)}`, ...hub, EVENT_HUB_CONSUMER_GROUP: 'lake' };

    const { metadata } = await startHubInstance(t, environment);

    assert.partialDeepStrictEqual(metadata, {
      bindings: {
        [Object.keys(Object(metadata['bindings']))[0] ?? '']: {
          type: 'eventHubTrigger',
          eventHubName: 'hub',
          connection: 'EVENT_HUB_CONNECTION',
          consumerGroup: 'lake',
          cardinality: 'many',
          dataType: 'binary',
        },
      },
      retryOptions: { retryStrategy: 'exponentialBackoff', maxRetryCount: -1 },
    });
  });

  it('stores events as HTTP does, skips tombstones, and keeps messages without an event', async (t) => {
    const folder = await temporaryFolder(t);
    const instance = await startHubInstance(t, { LAKE_URL: `file:${folder}`, ...hub });
    const long = withField(changeEvents.insert, 'fullDocument', { _id: 1, n: { $numberLong: '9007199254740993' } });
    const partition = partitionOf('0', [
      textOf(long),
      'null',
      '[]',
      textOf(changeEvents.update),
      Buffer.from([0xff]),
      '{"a":1}',
    ]);

    assert.equal(await own(partition, instance, { most: 100 }), 'done');

    const files = await filesIn(folder);
    assert.equal(files.size, 2);
    assert.match([...files.values()].join(''), /9007199254740993/);
    const refused = join(folder, '~refused', 'hub', '0');
    assert.deepEqual((await readdir(refused)).sort(), ['102.refused', '104.refused', '105.refused']);
    assert.partialDeepStrictEqual(JSON.parse(await readFile(join(refused, '102.refused'), 'utf8')), {
      reason: 'Cannot read message: it must be one change event: it is an array',
      namespace: 'ns.example',
      hub: 'hub',
      consumerGroup: '$Default',
      partition: '0',
      sequenceNumber: '102',
      bytes: 2,
      body: '[]',
    });
    assert.equal(JSON.parse(await readFile(join(refused, '104.refused'), 'utf8')).bodyBase64, '/w==');
    const [line = '{}', ...others] = instance.lines;
    const { lagMs, ...fields } = JSON.parse(line);
    assert.deepEqual(others, []);
    assert.partialDeepStrictEqual(fields, {
      message: 'change events',
      hub: 'hub',
      partition: '0',
      messages: 6,
      skipped: 1,
      left: 0,
      stored: 2,
      alreadyStored: 0,
      refused: 3,
      failed: 0,
      namespaces: { 'sample_mflix.movies': 2 },
      operationTypes: { insert: 1, update: 1 },
    });
    // The event is from another year. Only the time of its message in the hub counts here.
    assert(lagMs >= 60_000 && lagMs < 600_000, String(lagMs));
  });

  it('shows refused, failed and stored events on the status page', async (t) => {
    const folder = await temporaryFolder(t);
    const instance = await startHubInstance(t, { LAKE_URL: `file:${folder}`, ...hub });

    await own(partitionOf('0', [textOf(changeEvents.insert), 'no JSON']), instance, { most: 2 });
    const page = await instance.status();

    assert.match(page, /1 event refused/);
    assert.match(page, /<dt>Deliveries<\/dt><dd>1<\/dd>/);
    assert.match(page, /<dt>Stored<\/dt><dd>1<\/dd>/);
    assert.match(page, /<dt>Refused<\/dt><dd>1<\/dd>/);
  });

  it('finds each file if messages are repeated', async (t) => {
    const folder = await temporaryFolder(t);
    const instance = await startHubInstance(t, { LAKE_URL: `file:${folder}`, ...hub });
    const partition = partitionOf('0', [textOf(changeEvents.insert), 'no JSON']);

    await own(partition, instance, { most: 2 });
    const before = await filesIn(folder);
    partition.checkpoint = 0;
    await own(partition, instance, { most: 1 });

    assert.deepEqual(await filesIn(folder), before);
    assert.deepEqual(
      instance.lines
        .map((line) => JSON.parse(line))
        .map(({ stored, alreadyStored, refused }) => [stored, alreadyStored, refused]),
      [
        [1, 0, 1],
        [0, 1, 0],
        [0, 0, 1],
      ],
    );
  });

  it('with batch files, writes one file for events that share a namespace and an hour', async (t) => {
    const folder = await temporaryFolder(t);
    const instance = await startHubInstance(t, { LAKE_URL: `file:${folder}`, LAKE_FILES: 'batch', ...hub });
    const elsewhere = withField(changeEvents.delete, 'ns', { db: 'shop', coll: 'orders' });

    await own(partitionOf('0', [changeEvents.insert, changeEvents.update, elsewhere].map(textOf)), instance, {
      most: 100,
    });

    const lines = [...(await filesIn(folder)).values()].map((text) => text.trim().split('\n').length);
    assert.deepEqual(lines.sort(), [1, 2]);
  });

  it('redacts events, and keeps no body of a refused message', async (t) => {
    const folder = await temporaryFolder(t);
    const redact = { REDACT: '*: title', REDACT_KEY: `whsec_${Buffer.alloc(32).toString('base64')}` };
    const instance = await startHubInstance(t, { LAKE_URL: `file:${folder}`, ...redact, ...hub });

    await own(partitionOf('0', [textOf(changeEvents.insert), '{"title":"secret"}']), instance, { most: 100 });

    assert.doesNotMatch([...(await filesIn(folder)).values()].join(''), /Heat/);
    const kept = await readFile(join(folder, '~refused', 'hub', '0', '101.refused'), 'utf8');
    assert.doesNotMatch(kept, /secret|partitionKey/);
    assert.match(JSON.parse(kept).sha256, /^[0-9a-f]{64}$/);
    assert.doesNotMatch(instance.lines.join(''), /secret|Heat/);
  });

  it('stops at wrong settings, and names them', async (t) => {
    const instance = await startHubInstance(t, { LAKE_URL: 'lake', ...hub });
    const partition = partitionOf('0', [textOf(changeEvents.insert)]);

    assert.equal(await instance.invoke(partition, 1), 'failed');

    assert.match(instance.errors.join(), /the settings must be valid/);
    assert.match(instance.lines.join(), /LAKE_URL must be/);
  });
});
