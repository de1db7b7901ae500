import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Double, Int32, Long, ObjectId, Timestamp } from 'bson';
import { atlasDatabase } from '../../../local/atlas/atlas-database.ts';
import { runBody, runScript } from '../../support/atlas-script.ts';
import { now } from '../../support/deliveries.ts';
import { virtualClock } from '../../support/virtual-clock.ts';

const collection = 'context.services.get("mongodb-atlas").db("d").collection("c")';

describe('invoke()', () => {
  it('returns the result, each line of the log and the number of operations', async () => {
    const script = `exports = async function (one, two) {
      console.log('first', one);
      await ${collection}.count({});
      await ${collection}.findOne({});
      console.log('second');
      return one + two;
    };`;

    const { result, logs, operations } = await runScript(script, {}, 1, 2);

    assert.deepEqual([result, logs, operations], [3, ['first 1', 'second'], 2]);
  });

  it('fails as the function does, and passes its log on', async () => {
    const lines: string[] = [];
    const body = 'console.log("before"); throw new TypeError("no such thing");';

    await assert.rejects(runBody(body, { onLog: (line) => lines.push(line) }), {
      name: 'TypeError',
      message: 'no such thing',
    });

    assert.deepEqual(lines, ['before']);
  });

  it('gives values by name, undefined for a missing one', async () => {
    const body = 'return [context.values.get("url"), typeof context.values.get("other")].join();';

    assert.equal(await runBody(body, { values: { url: 'http://a' } }), 'http://a,undefined');
  });

  it('gives no service but the data source', async () => {
    const names = 'return ["mongodb-atlas", "Cluster0"].map((name) => typeof context.services.get(name)).join();';

    assert.equal(await runBody(names), 'object,undefined');
    assert.equal(await runBody(names, { dataSource: 'Cluster0' }), 'undefined,object');
  });

  it('writes canonical Extended JSON by default, and reads both', async () => {
    const document = {
      ...{ a: new Int32(1), b: new Double(1), c: Long.fromString('9007199254740993'), d: new Date(1000) },
      ...{ e: new Timestamp({ t: 4, i: 1 }), f: 0.5 },
    };
    const canonical =
      '{"a":{"$numberInt":"1"},"b":{"$numberDouble":"1.0"},"c":{"$numberLong":"9007199254740993"},"d":{"$date":{"$numberLong":"1000"}},"e":{"$timestamp":{"t":4,"i":1}},"f":{"$numberDouble":"0.5"}}';

    assert.equal(await runBody('return EJSON.stringify(given);', {}, document), canonical);
    assert.equal(await runBody('return EJSON.stringify(EJSON.parse(given));', {}, canonical), canonical);
    assert.equal(
      await runBody('return EJSON.stringify(given, { relaxed: true });', {}, { a: new Int32(1), d: new Date(1000) }),
      '{"a":1,"d":{"$date":"1970-01-01T00:00:01Z"}}',
    );
  });

  it('makes ObjectIds', async () => {
    assert((await runBody('return new BSON.ObjectId();')) instanceof ObjectId);
  });
});

describe('invoke(): the limits of Atlas', () => {
  it('refuses arguments of more than 18 MB', async () => {
    const around = 5 + 1 + 5 + 4 + 1 + 1 + 2 + 4 + 1;
    const most = 'x'.repeat(18_000_000 - around);

    assert.equal(await runBody('return given.length;', {}, most), most.length);
    await assert.rejects(runBody('return given.length;', {}, `${most}x`), /arguments of 18000001 bytes/);
  });

  it('allows 1,000 operations, requests and database calls together', async () => {
    const app = { post: () => Promise.resolve({ statusCode: 200 }) };
    const body = `for (let count = 0; count < 500; count++) {
      await ${collection}.count({});
      await context.http.post({});
    }
    return 'done';`;

    assert.equal(await runBody(body, app), 'done');
  });

  it('ends a function before its 1,001st operation, with an error that it cannot catch', async () => {
    const database = atlasDatabase();
    const body = `try {
      for (let _id = 0; _id < 1100; _id++) await ${collection}.insertOne({ _id });
    } catch (error) {
      return 'caught';
    }`;

    await assert.rejects(runBody(body, { database }), /more than 1000 operations/);

    assert.equal(database.collection('d', 'c').documents().length, 1000);
  });

  it('counts for each invocation from zero', async () => {
    const database = atlasDatabase();
    const body = `for (let count = 0; count < 600; count++) await ${collection}.count({});`;

    await runBody(body, { database });

    await assert.doesNotReject(runBody(body, { database }));
  });

  it('ends a function after 300 s, and drops its later operations', async () => {
    const clock = virtualClock(now.getTime());
    const database = atlasDatabase();
    const body = `await new Promise((resolve) => setTimeout(resolve, 300001));
      await ${collection}.insertOne({ _id: 'late' });`;

    await assert.rejects(runBody(body, { clock, database }), /execution time limit exceeded/);
    await clock.pause(10_000);

    assert(clock.now() >= now.getTime() + 310_000);
    assert.deepEqual(database.collection('d', 'c').documents(), []);
  });

  it('does not end a function just before 300 s', async () => {
    const clock = virtualClock(now.getTime());

    assert.equal(
      await runBody('return await new Promise((resolve) => setTimeout(() => resolve("done"), 299999));', { clock }),
      'done',
    );
  });
});

describe('the database of an app', () => {
  it('can fail, or never answer, at every operation', async () => {
    const database = atlasDatabase();
    const operations: string[] = [];
    database.around = async (operation, name, run) => {
      operations.push(`${operation} ${name}`);
      await run();
      throw new Error('connection reset');
    };

    for (const call of [
      'insertOne({ _id: 1 })',
      'count({})',
      'updateOne({}, {})',
      'find({}).toArray()',
      'deleteMany({})',
    ])
      await assert.rejects(runBody(`await ${collection}.${call};`, { database }), /connection reset/);

    assert.deepEqual(operations, ['write c', 'read c', 'write c', 'read c', 'write c']);
  });
});
