import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Refusal, refusalText } from '../../../shared/events/refusal.ts';

const timestamp = 'a timestamp {"$timestamp":{"t":…,"i":…}} of whole numbers from 0 to 4294967295';
const date = 'a date {"$date":…} of the years 1970 to 9999';

const texts: [refusal: Refusal, text: string][] = [
  [{ code: 'not-an-object', field: '' }, 'the event must be a JSON object: it has another type'],
  [{ code: 'too-many-fields', field: '' }, 'the event must have at most 1000 fields: it has more'],
  [{ code: 'missing', field: '_id' }, '"_id" must be a resume token {"_data":"…"}: it is missing'],
  [{ code: 'missing', field: 'operationType' }, '"operationType" must be a non-empty string: it is missing'],
  [
    { code: 'missing', field: 'clusterTime' },
    `"clusterTime" must be ${timestamp}, or "wallTime" ${date}: it is missing`,
  ],
  [{ code: 'malformed', field: 'clusterTime' }, `"clusterTime" must be ${timestamp}: it has another type or value`],
  [{ code: 'malformed', field: 'wallTime' }, `"wallTime" must be ${date}: it has another type or value`],
  [
    { code: 'malformed', field: 'ns' },
    '"ns" must be an object whose "db" and "coll", if present, are non-empty strings: it has another type or value',
  ],
  [{ code: 'too-long', field: 'ns.db' }, '"ns.db" must have at most 63 bytes: it has more'],
  [{ code: 'too-long', field: 'ns.coll' }, '"ns.coll" must have at most 255 bytes with its database: it has more'],
  [{ code: 'too-long', field: '_id' }, '"_id" must have at most 16777216 bytes: it has more'],
];

describe('refusalText()', () => {
  for (const [refusal, text] of texts)
    it(`words ${refusal.code} ${refusal.field}`, () => {
      assert.equal(refusalText(refusal), `Cannot read change event: ${text}`);
    });
});
