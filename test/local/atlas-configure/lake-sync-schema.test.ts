import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Ajv } from 'ajv';
import { readSync } from '../../../local/atlas-configure/read-sync.ts';
import { locations } from '../../../local/atlas-configure/regions.ts';
import { root } from '../../../local/paths.ts';
import { smallSync } from '../../support/configure.ts';

const schema = JSON.parse(readFileSync(join(root, 'atlas-app/lake-sync.schema.json'), 'utf8'));
const isValid = new Ajv({ strict: false }).compile(schema);
const watched = { collection: 'shop.orders' };

describe('atlas-app/lake-sync.schema.json', () => {
  it('is the schema that the committed lake-sync.json names, and fits it', () => {
    const sync = JSON.parse(readFileSync(join(root, 'atlas-app/lake-sync.json'), 'utf8'));

    assert.equal(sync.$schema, './lake-sync.schema.json');
    assert(isValid(sync), JSON.stringify(isValid.errors));
  });

  it('completes every region', () => {
    assert.deepEqual(schema.properties.region.properties.providerRegion.enum, [...locations.keys()]);
  });

  const changes: readonly object[] = [
    {},
    { $schema: './lake-sync.schema.json' },
    { app: 'my app' },
    { app: undefined },
    { cluster: 'Cluster_0' },
    { dataSource: '../other' },
    { recieverUrl: 'x' },
    { receiverUrl: 'shop' },
    { region: { providerRegion: 'azure-eastus' } },
    { region: { providerRegion: 'azure-eastus2', deploymentModel: 'LOCAL' } },
    { region: { providerRegion: 'azure-eastus2', provider: 'azure' } },
    ...[1, 7, 30, 60, '5'].map((drainEveryMinutes) => ({ drainEveryMinutes })),
    ...[0, 1, 1000, 1001, 1.5].map((batchEvents) => ({ batchEvents })),
    ...[0, 1, 3600, 3601].map((batchSeconds) => ({ batchSeconds })),
    { watch: [] },
    { watch: [{}] },
    { watch: [{ ...watched, database: 'shop' }] },
    { watch: [{ collection: 'orders' }] },
    { watch: [{ ...watched, orderd: true }] },
    { watch: [{ ...watched, ordered: 'yes' }] },
    { watch: [{ ...watched, function: 'drainOutbox' }] },
    { watch: [{ ...watched, function: 'bufferChangeEvent', ordered: false, preImages: false, initialLoad: true }] },
    { watch: [{ database: 'shop' }] },
  ];
  for (const change of changes) {
    it(`agrees with npm run atlas:configure on ${JSON.stringify(change)}`, async () => {
      const text = JSON.stringify({ ...smallSync, ...change });

      assert.equal(isValid(JSON.parse(text)), (await readSync(text)).kind === 'read');
    });
  }
});
