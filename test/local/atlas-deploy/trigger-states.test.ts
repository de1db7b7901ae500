import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { triggerStates } from '../../../local/atlas-deploy/trigger-states.ts';

const wanted = {
  name: 'lake-sync-orders',
  type: 'DATABASE',
  disabled: false,
  config: {},
  sourceName: 'mongodb-atlas',
  functionName: 'forwardChangeEvent',
};

describe('triggerStates()', () => {
  it('counts a deleted trigger as one that does not run', () => {
    const states = triggerStates([wanted], []);

    assert.deepEqual(states, [{ name: 'lake-sync-orders', text: 'missing', isHalted: true }]);
  });
});
