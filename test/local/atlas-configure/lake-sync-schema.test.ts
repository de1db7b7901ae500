import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { locations } from '../../../local/atlas-configure/regions.ts';
import { isSyncFile } from '../../../local/atlas-configure/sync-schema.ts';
import { root } from '../../../local/paths.ts';
import { smallSync } from '../../support/configure.ts';

const schema = JSON.parse(readFileSync(join(root, 'atlas-app/lake-sync.schema.json'), 'utf8'));
const { region, watch } = schema.properties;

describe('atlas-app/lake-sync.schema.json', () => {
  it('is the schema that the committed lake-sync.json names, and fits it', () => {
    const sync = JSON.parse(readFileSync(join(root, 'atlas-app/lake-sync.json'), 'utf8'));

    assert.equal(sync.$schema, './lake-sync.schema.json');
    assert(isSyncFile(sync), JSON.stringify(isSyncFile.errors));
  });

  it('completes every region, and for a GLOBAL app those that can be', () => {
    const { providerRegion } = region.properties;

    assert.deepEqual(providerRegion.enum, [...locations.keys()]);
    assert(region.then.properties.providerRegion.enum.every((one: string) => locations.has(one)));
  });

  it('has the defaults of the command', () => {
    const sync = structuredClone(smallSync);

    assert(isSyncFile(sync));
    assert.equal(sync.region.deploymentModel, region.properties.deploymentModel.default);
    assert.equal(sync.watch[0]?.function, watch.items.properties.function.default);
  });
});
