import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JsonObject } from '../../../local/atlas-deploy/json.ts';
import type { Collection } from '../../support/admin-app.ts';
import { checkForm } from '../../support/admin-forms.ts';
import { functionSource } from '../../support/app-folders.ts';

const surroundings = { clusters: ['Cluster0'], exists: (_: unknown, key: unknown) => key === 'known' };
const lambda = { name: 'drainOutbox', private: true, run_as_system: true, source: functionSource('drainOutbox') };
const scheduled = { name: 'drainOutbox', type: 'SCHEDULED', function_id: 'known', config: { schedule: '*/5 * * * *' } };
const watching = { service_id: 'known', operation_types: ['INSERT'], database: 'shop' };
const database = { name: 'orders', type: 'DATABASE', function_id: 'known', config: watching };
const link = { name: 'mongodb-atlas', type: 'mongodb-atlas', config: { clusterName: 'Cluster0' } };
const value = { name: 'lakeReceiverKey', private: false, value: 'known', from_secret: true };

describe('the Admin API of the tests', () => {
  for (const [collection, body] of [
    ['secrets', { name: 'key', value: 'k'.repeat(500) }],
    ['values', value],
    ['functions', lambda],
    ['services', link],
    ['triggers', scheduled],
    ['triggers', database],
  ] as const) {
    it(`accepts what Atlas accepts: ${collection} ${body.name}`, () => {
      assert.deepEqual(checkForm(collection, body, surroundings), body);
    });
  }

  const refused: Readonly<Record<string, readonly [Collection, JsonObject]>> = {
    'a secret that is too long': ['secrets', { name: 'key', value: 'k'.repeat(501) }],
    'an empty secret': ['secrets', { name: 'key', value: '' }],
    'a name that is too long': ['functions', { ...lambda, name: 'n'.repeat(65) }],
    'a name with other characters': ['values', { ...value, name: 'lake key' }],
    'a value from a secret that does not exist': ['values', { ...value, value: 'unknown' }],
    'a function that is no script': ['functions', { ...lambda, source: 'exports = (' }],
    'a function without its rights': ['functions', { ...lambda, run_as_system: undefined }],
    'a data source on an unknown cluster': ['services', { ...link, config: { clusterName: 'Cluster1' } }],
    'a trigger that calls an unknown function': ['triggers', { ...scheduled, function_id: 'unknown' }],
    'a trigger that names its service': ['triggers', { ...database, config: { ...watching, service_name: 'known' } }],
    'a trigger without operations': ['triggers', { ...database, config: { ...watching, operation_types: [] } }],
    'a member that nobody knows': ['triggers', { ...scheduled, state: 'enabled' }],
  };
  for (const [what, [collection, body]] of Object.entries(refused)) {
    it(`refuses ${what}`, () => {
      assert.throws(() => checkForm(collection, body, surroundings), { name: 'Refusal', status: 400 });
    });
  }
});
