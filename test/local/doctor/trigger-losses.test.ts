import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { lossesOf } from '../../../local/doctor/atlas/trigger-losses.ts';

const whole = {
  database: 'shop',
  collection: 'orders',
  operation_types: ['INSERT', 'UPDATE', 'REPLACE', 'DELETE'],
  full_document: true,
  full_document_before_change: true,
  tolerate_resume_errors: false,
  skip_catchup_events: false,
  match: {},
  project: {},
};
const allNamed = { _id: 1, operationType: 1, clusterTime: 1, ns: 1, documentKey: 1, fullDocument: 1 };
const without = (name: string) => Object.fromEntries(Object.entries(allNamed).filter(([key]) => key !== name));

const losses: Readonly<Record<string, readonly [object, RegExp]>> = {
  'resume errors are tolerated': [{ tolerate_resume_errors: true }, /^tolerate_resume_errors is on: it skips a gap/],
  'what comes while it is off is skipped': [{ skip_catchup_events: true }, /^skip_catchup_events is on/],
  'a match is set': [{ match: { 'fullDocument.kind': 'a' } }, /^match skips events/],
  'replaces are left out': [
    { operation_types: ['INSERT', 'UPDATE', 'DELETE'] },
    /^operation_types lacks REPLACE: edits in Compass/,
  ],
  'deletes are left out': [
    { operation_types: ['INSERT', 'UPDATE', 'REPLACE'] },
    /^operation_types lacks DELETE: deletes never/,
  ],
  'updates are left out': [
    { operation_types: ['INSERT', 'DELETE', 'REPLACE'] },
    /^operation_types lacks UPDATE: updates never/,
  ],
  'inserts are left out': [{ operation_types: ['UPDATE', 'DELETE', 'REPLACE'] }, /^operation_types lacks INSERT: new/],
  'updates have no document': [{ full_document: false }, /^full_document is off/],
  'deletes have no document': [{ full_document_before_change: false }, /^full_document_before_change is off/],
  'a database is watched': [{ collection: undefined }, /^full_document_before_change works for collections only/],
  'the token is projected away': [{ project: { ...allNamed, _id: 0 } }, /^project lacks _id: the receiver refuses/],
  'the token is not named': [{ project: without('_id') }, /^project lacks _id/],
  'the time is not named': [{ project: without('clusterTime') }, /^project lacks clusterTime/],
  'the operation is not named': [{ project: without('operationType') }, /^project lacks operationType/],
  'the namespace is not named': [{ project: without('ns') }, /^project lacks ns/],
  'half of the namespace is named': [{ project: { ...without('ns'), 'ns.db': 1 } }, /^project lacks ns/],
  'the key is not named': [{ project: without('documentKey') }, /^project lacks documentKey/],
  'the document is not named': [{ project: without('fullDocument') }, /^project lacks fullDocument/],
};

describe('lossesOf()', () => {
  it('finds nothing if no event is lost', () => {
    assert.deepEqual(lossesOf(whole), []);
    assert.deepEqual(lossesOf({ ...whole, project: allNamed }), []);
  });

  for (const [what, [changed, says]] of Object.entries(losses))
    it(`says that ${what}, and nothing else`, () => {
      const told = lossesOf({ ...whole, ...changed }).map((loss) => `${loss.option} ${loss.told}`);

      assert.equal(told.length, 1, told.join());
      assert.match(told[0] ?? '', says);
    });

  for (const [what, project] of Object.entries({
    'a wall clock for the time': { ...without('clusterTime'), wallTime: true },
    'both halves of a namespace': { ...without('ns'), 'ns.db': 1, 'ns.coll': 1 },
    'numbers as the API may spell them': Object.fromEntries(
      Object.keys(allNamed).map((key) => [key, { $numberInt: '1' }]),
    ),
  }))
    it(`accepts a project expression with ${what}`, () => {
      assert.deepEqual(lossesOf({ ...whole, project }), []);
    });
});
