import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Long, ObjectId, Timestamp, UUID } from 'bson';
import { type LoadWorld, loadWorld } from '../support/load-world.ts';
import { builtSource } from '../support/timeless-atlas.ts';

/** The documentation does not say which of these Atlas has. */
const parsers = {
  'is exact only with an option': `
    var ejson = EJSON;
    EJSON = { parse: function (text, options) {
      return ejson.parse(text, options || { relaxed: true });
    }, stringify: ejson.stringify };`,
  'ignores options and rounds': `
    var ejson = EJSON;
    EJSON = { parse: function (text) { return ejson.parse(text, { relaxed: true }); }, stringify: ejson.stringify };`,
  'refuses options, and is exact': `
    var ejson = EJSON;
    EJSON = { parse: function (text) {
      if (arguments.length > 1) throw new Error('one argument');
      return ejson.parse(text);
    }, stringify: ejson.stringify };`,
};

const entry = { database: 'shop', collection: 'orders' };

const documents = Array.from({ length: 10 }, (_, index) => ({
  _id: index,
  large: Long.fromString(`900719925474099${index}`),
  at: new Date(index * 1000),
  owner: new ObjectId(`573a1390f29313caabcd446${index}`),
  uuid: new UUID(`00112233-4455-6677-8899-aabbccddee0${index}`),
  since: new Timestamp({ t: index, i: 1 }),
}));

const filters: readonly (readonly [filter: object, ids: readonly number[]])[] = [
  [{ at: { $gte: { $date: '1970-01-01T00:00:08Z' } } }, [8, 9]],
  [{ at: { $gte: { $date: { $numberLong: '8000' } } } }, [8, 9]],
  [{ owner: { $oid: '573a1390f29313caabcd4463' } }, [3]],
  [{ uuid: { $uuid: '00112233-4455-6677-8899-aabbccddee05' } }, [5]],
  [{ since: { $gt: { $timestamp: { t: 7, i: 1 } } } }, [8, 9]],
  [{ _id: { $in: [1, { $numberLong: '2' }, { $numberDouble: '3.0' }] } }, [1, 2, 3]],
  [{ large: { $lte: { $numberLong: '9007199254740991' } } }, [0, 1]],
  [{ since: { $gt: { $timestamp: { i: 1, t: 7 } } } }, [8, 9]],
  [{ _id: { $in: [{ $numberDecimal: '1.0' }, { $numberDouble: '20E-1' }, { $numberInt: '3' }, 4] } }, [1, 2, 3, 4]],
  [{ _id: { $gte: { $numberDouble: '8.00000000000000000001' }, $lt: { $numberDouble: 'Infinity' } } }, [8, 9]],
  [{ _id: { $lte: 1, $ne: { $minKey: 1 } }, note: { $ne: '"$date":{"$numberInt":"5x"}' } }, [0, 1]],
];
const largeFilter = { large: { $numberLong: '9007199254740993' } };

async function loadedWith(filter: object, parser: string): Promise<{ world: LoadWorld; logs: readonly string[] }> {
  const world = loadWorld({}, {}, (name) => `${parser}\n${builtSource(name)}`);
  world.want({ ...entry, filter });
  await world.put(documents);
  const { logs } = await world.tick();
  return { world, logs };
}

function idsIn(world: LoadWorld): number[] {
  return world.lines().map(({ data }) => Number(Object(data)._id.$numberInt));
}

describe('loadCollection(): a filter', () => {
  for (const [kind, parser] of Object.entries(parsers)) {
    it(`selects the same documents with a parser that ${kind}`, async () => {
      for (const [filter, ids] of filters)
        assert.deepEqual(idsIn((await loadedWith(filter, parser)).world).toSorted(), ids, JSON.stringify(filter));
    });

    it(`never rounds a number with a parser that ${kind}`, async () => {
      const { world, logs } = await loadedWith(largeFilter, parser);

      if (kind === 'ignores options and rounds') {
        assert.match(logs.join(), /filter must be Extended JSON/);
        assert.deepEqual(world.state(), {});
      } else assert.deepEqual(idsIn(world), [3]);
    });

    it(`names a date that is not valid with a parser that ${kind}`, async () => {
      for (const $date of ['soon', '2026-13-40T00:00:00Z', null, {}]) {
        const { world, logs } = await loadedWith({ at: { $gte: { $date } } }, parser);

        assert.match(logs.join(), /filter must be Extended JSON/, String($date));
        assert.deepEqual(world.lines(), []);
      }
    });
  }
});
