// Compares docs/stream-processing.md with the receiver. Its commands run against a simulated mongosh, and its tables
// describe the code. Atlas itself does not take part.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { runInNewContext } from 'node:vm';
import { BSON, EJSON } from 'bson';
import type { Receipt } from '../../shared/http/receipt.ts';
import { misconfigured, toResponse } from '../../shared/http/response.ts';
import { filesIn, temporaryFolder } from '../support/lakes.ts';
import { codeIn, markdownPage } from '../support/markdown.ts';
import { startReceiver } from '../support/running-receiver.ts';
import { written } from '../support/written.ts';

const { fences, table } = markdownPage(new URL('../../docs/stream-processing.md', import.meta.url));
const [imagesCommand = '', processorCommands = '', lettersCommand = ''] = fences('js');
const [connection] = fences('json').map((text) => JSON.parse(text));

/**
 * For these, `onError` decides. Any other status than 2xx stops the processor.
 * https://www.mongodb.com/docs/atlas/atlas-stream-processing/sp-agg-https/
 */
const decidedByOnError = [400, 404, 410, 413, 414, 431];

const limits = { maxBodyBytes: 1000, maxEvents: 1 };
const event = { operationType: 'insert', db: 'shop', coll: 'orders', eventMs: 0, digest: '0' };
const path = 'a.json';
const bytes = 1;
/** All possible receipts of a delivery. */
const receipts: Readonly<Record<Receipt['kind'], readonly Receipt[]>> = {
  received: [
    { kind: 'received', events: [{ outcome: 'stored', path, event }], bytes, storageMs: 1 },
    { kind: 'received', events: [{ outcome: 'alreadyStored', path, event }], bytes, storageMs: 1 },
    {
      kind: 'received',
      events: [{ outcome: 'refused', refusal: { code: 'missing', field: '_id' } }],
      bytes,
      storageMs: 1,
    },
    { kind: 'received', events: [{ outcome: 'failed', event, fault: 'none' }], bytes, storageMs: 1 },
  ],
  'unsupported-type': [{ kind: 'unsupported-type' }],
  'body-too-large': [{ kind: 'body-too-large' }],
  'over-compressed': [{ kind: 'over-compressed' }],
  'text-too-large': [
    { kind: 'text-too-large', events: [{ outcome: 'failed', event, fault: 'none' }], bytes, storageMs: null },
  ],
  'too-many-events': [{ kind: 'too-many-events', bytes }],
  'not-authentic': [{ kind: 'not-authentic', bytes }],
  'not-json': [{ kind: 'not-json', bytes }],
  'too-deep': [{ kind: 'too-deep', bytes }],
  busy: [{ kind: 'busy' }],
  'incomplete-body': [{ kind: 'incomplete-body' }],
};

describe('docs/stream-processing.md', () => {
  it('creates, starts and watches a processor of the event’s source, `$https` and a dead letter queue', () => {
    const { created, calls } = runProcessorCommands();

    const [name, [{ $source }, { $https }], { dlq }] = created;
    assert.equal(name, 'lakeSync');
    assert.deepEqual(calls, ['lakeSync.start', 'lakeSync.stats']);
    assert.deepEqual($source.config, { fullDocument: 'whenAvailable', fullDocumentBeforeChange: 'whenAvailable' });
    assert.deepEqual($https, { connectionName: connection.name, path: $https.path, method: 'POST', onError: 'dlq' });
    assert.deepEqual(dlq, { connectionName: $source.connectionName, db: 'atlas_lake_sync', coll: 'dead_letters' });
  });

  it('posts to a route of the receiver', async (t) => {
    const receiver = await startReceiver(t, { LAKE_URL: `file:${await temporaryFolder(t)}` });
    const [, [, { $https }]] = runProcessorCommands().created;

    const response = await fetch(`${receiver.url}/${$https.path}`, {
      method: $https.method,
      headers: connection.headers,
      body: await fixture('insert'),
    });

    assert.equal(response.status, 200);
  });

  it('turns on the images of the collection that the processor reads', () => {
    const ran: unknown[] = [];
    const db = {
      getSiblingDB: (name: string) => ({ runCommand: (command: object) => ran.push({ db: name, ...command }) }),
    };

    runInNewContext(imagesCommand, { db });

    const { db: source, coll } = runProcessorCommands().created[1][0].$source;
    assert.deepEqual(plain(ran), [{ db: source, collMod: coll[0], changeStreamPreAndPostImages: { enabled: true } }]);
  });

  it('prints dead letters as a body that the receiver stores, long integers included', async (t) => {
    const lake = await temporaryFolder(t);
    const receiver = await startReceiver(t, { LAKE_URL: `file:${lake}` });
    // mongosh distinguishes only long integers from other numbers.
    const letter = EJSON.parse(await fixture('update.canonical'), { relaxed: false });
    const doc = BSON.deserialize(BSON.serialize(letter), { promoteLongs: false });
    const letters = [{ processorName: 'lakeSync', errInfo: { reason: 'status 404' }, doc }];
    const printed: string[] = [];
    const db = { getSiblingDB: () => ({ dead_letters: { find: () => ({ toArray: () => letters }) } }) };

    runInNewContext(lettersCommand, { db, EJSON, print: (text: string) => printed.push(text) });
    const response = await receiver.post(printed.join());

    assert.equal(response.status, 200);
    assert.match([...(await filesIn(lake)).values()].join(), /"views":9007199254740993,/);
  });

  it('has a row for every status of the receiver, with the reaction of `$https`', () => {
    const rows = table('status').map(([status = '', , becomes = '']) => [Number(status), becomes]);

    const answered = Object.values(receipts)
      .flat()
      .map((receipt) => toResponse(receipt, limits).status);
    const statuses = [...new Set([...answered, misconfigured.status])].sort();
    assert.deepEqual(
      rows,
      statuses.map((status) => [status, becomesOf(status)]),
    );
  });

  for (const [type = '', sent = '', ...cells] of table('MongoDB has')) {
    it(`shows the line of ${type} in the lake`, () => {
      const kept = (['relaxed', 'simple', 'canonical'] as const).map((format) => written(codeIn(sent), format));

      assert.deepEqual(kept, cells.map(codeIn));
    });
  }

  it('has an example of each of five values', () => {
    assert.equal(table('MongoDB has').length, 5);
  });
});

/** The calls of `sp` that mongosh would send to Atlas. */
function runProcessorCommands() {
  const created: unknown[] = [];
  const calls: string[] = [];
  const lakeSync = { start: () => calls.push('lakeSync.start'), stats: () => calls.push('lakeSync.stats') };
  const sp = { createStreamProcessor: (...told: unknown[]) => created.push(...told), lakeSync };
  runInNewContext(processorCommands, { sp });
  return { created: plain(created), calls };
}

/** Objects of another context are not equal to ours. */
function plain(value: unknown) {
  return JSON.parse(JSON.stringify(value));
}

function becomesOf(status: number): string {
  if (status >= 200 && status < 300) return 'goes on';
  return decidedByOnError.includes(status) ? 'dead letter queue' : 'stops';
}

async function fixture(name: string): Promise<string> {
  return await readFile(new URL(`../fixtures/stream-processing/${name}.json`, import.meta.url), 'utf8');
}
