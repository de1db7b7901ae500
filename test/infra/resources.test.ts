import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bicepFile, bicepFiles, parseBicep } from './bicep.ts';
import { problemsOf, resourcesOf } from './bicep-resources.ts';
import { resourceTypes } from './resource-types.ts';

const published = resourceTypes();

describe('infra/', () => {
  it('is well-formed Bicep', () => {
    for (const { path, tree } of bicepFiles) assert(!tree.hasError, path);
    assert(bicepFiles.length >= 15);
  });

  for (const file of bicepFiles)
    it(`uses only what the published APIs have: ${file.path}`, () => {
      for (const { type, isExisting, body } of resourcesOf(file)) {
        const facts = published.get(type);
        assert(facts !== undefined, `no facts of ${type}: draw-up-resource-types.ts draws them up`);

        assert.deepEqual(isExisting ? [] : problemsOf(body, facts), []);
      }
    });

  it('uses no preview version of an API', () => {
    const types = bicepFiles.flatMap((file) => resourcesOf(file).map(({ type }) => type));

    assert.deepEqual(
      types.filter((type) => !/@20\d\d-\d\d-\d\d$/.test(type)),
      [],
    );
    assert(types.length >= 25);
  });
});

describe('problemsOf()', () => {
  const mistakes: readonly (readonly [string, string, string, RegExp])[] = [
    ['a misspelt property', 'minimumTlsVersion', 'minimumTLSVersion', /"minimumTLSVersion" is no property/],
    ['a misspelt word', "'AzureServices'", "'AzureService'", /"bypass" must be one of .*, and is AzureService$/],
    ['a text for a boolean', 'SharedKeyAccess: false', "SharedKeyAccess: 'false'", /must be a boolean, and is false/],
    ['a property in a wrong place', "accessTier: 'Hot'", "publicAccess: 'None'", /"publicAccess" is no property/],
  ];

  for (const [name, right, wrong, problem] of mistakes)
    it(`finds ${name}`, () => {
      const { text } = bicepFile('infra/app/host-storage.bicep').tree;
      const changed = text.replace(right, wrong);

      const found = resourcesOf(parseBicep(changed)).flatMap(({ type, body }) =>
        problemsOf(body, published.get(type) ?? 'any'),
      );

      assert.notEqual(changed, text);
      assert.match(found.join('\n'), problem);
    });
});
