import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { temporaryFolder } from '../../support/lakes.ts';
import { queried } from '../../support/queries.ts';
import { collections, momentOf, storeRedactedLoad, versions } from '../../support/redacted-load.ts';

describe('a load and live events under one REDACT', () => {
  it('have the same latest state and history as without it', async (t) => {
    const environment = await storeRedactedLoad(await temporaryFolder(t));

    const rows = await queried(environment, collections.map(versionsOf).join(' UNION ALL '));

    for (const coll of collections) {
      const own = rows.filter(({ c }) => c === coll);
      assert.deepEqual(
        own.flatMap(({ n, f, u, l }) => (l ? [] : [[n, f, u]])).toSorted(byNumber),
        versions.map(([n, from, to]) => [n, momentOf(from), to === null ? null : momentOf(to)]),
      );
      assert.deepEqual(
        own.flatMap(({ n, f, l }) => (l ? [[n, f]] : [])).toSorted(byNumber),
        versions.flatMap(([n, from, to]) => (to === null ? [[n, momentOf(from)]] : [])),
      );
    }
    const hidden = rows.filter(({ c }) => c === 'hidden');
    assert(hidden.every(({ k }) => /^\{"_id":"hmac:[0-9a-f]{32}"\}$/.test(String(k))));
    const ofLoad = hidden.filter(({ n, l }) => Number(n) < 100 && !l);
    assert(ofLoad.every(({ s }) => /^82[0-9A-F]{8}0{10}[0-9A-F]{32}$/.test(String(s))));
  });
});

function versionsOf(coll: string): string {
  const own = `'${coll}' AS c, n, _key AS k, _sequence AS s, _clusterTime AS f`;
  return `SELECT ${own}, _valid_to AS u, false AS l FROM shop.${coll}_history
UNION ALL SELECT ${own}, NULL, true FROM shop.${coll}_latest`;
}

function byNumber([one]: readonly unknown[], [other]: readonly unknown[]): number {
  return Number(one) - Number(other);
}
