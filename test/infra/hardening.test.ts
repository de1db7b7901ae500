import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Node } from 'web-tree-sitter';
import { bicepFile, bicepFiles, descendantsOf, propertyOf } from './bicep.ts';
import { resourcesOf } from './bicep-resources.ts';

/** The first points of a security review, by resource type and property. */
const expected: readonly (readonly [string, string, string])[] = [
  ['Microsoft.Storage/storageAccounts', 'allowSharedKeyAccess', 'false'],
  ['Microsoft.Storage/storageAccounts', 'allowBlobPublicAccess', 'false'],
  ['Microsoft.Storage/storageAccounts', 'minimumTlsVersion', "'TLS1_2'"],
  ['Microsoft.Storage/storageAccounts', 'supportsHttpsTrafficOnly', 'true'],
  ['Microsoft.Storage/storageAccounts/blobServices/containers', 'publicAccess', "'None'"],
  ['Microsoft.Web/sites', 'httpsOnly', 'true'],
  ['Microsoft.Web/sites', 'siteConfig.ftpsState', "'Disabled'"],
  ['Microsoft.Web/sites', 'siteConfig.minTlsVersion', "'1.2'"],
  ['Microsoft.Web/sites', 'siteConfig.scmMinTlsVersion', "'1.2'"],
  ['Microsoft.Web/sites/basicPublishingCredentialsPolicies', 'allow', 'false'],
  ['Microsoft.Insights/components', 'DisableLocalAuth', 'true'],
  ['Microsoft.OperationalInsights/workspaces', 'features.disableLocalAuth', 'true'],
  ['Microsoft.KeyVault/vaults', 'enableRbacAuthorization', 'true'],
  ['Microsoft.KeyVault/vaults', 'enableSoftDelete', 'true'],
  ['Microsoft.KeyVault/vaults', 'enablePurgeProtection', 'true'],
  ['Microsoft.EventHub/namespaces', 'disableLocalAuth', '!hasKeys'],
  ['Microsoft.EventHub/namespaces', 'minimumTlsVersion', "'1.2'"],
  ['Microsoft.Synapse/workspaces', 'azureADOnlyAuthentication', 'true'],
];
const resources = bicepFiles.flatMap(resourcesOf).filter(({ isExisting }) => !isExisting);

describe('infra/', () => {
  for (const [type, path, value] of expected)
    it(`leaves no ${type} without ${path}: ${value}`, () => {
      const ofType = resources.filter((resource) => resource.type.startsWith(`${type}@`));

      assert.notEqual(ofType.length, 0);
      for (const { body } of ofType) assert.equal(valueAt(body, `properties.${path}`)?.text, value);
    });

  it('gives the receiver one right on the lake, and only on its container', () => {
    const [role, ...others] = resourcesOf(bicepFile('infra/app/lake-role.bicep')).filter(
      ({ isExisting }) => !isExisting,
    );

    assert.equal(others.length, 0);
    assert(role !== undefined);
    assert.equal(propertyOf(role.body, 'scope')?.text, 'account::blobs::container');
    assert.match(valueAt(role.body, 'properties.roleDefinitionId')?.text ?? '', /storageBlobDataContributor\)$/);
  });

  it('names roles by their published ids', () => {
    const roles = Object.fromEntries(
      bicepFiles.flatMap(({ tree }) =>
        [...tree.text.matchAll(/^var (\w+) = '([0-9a-f-]{36})'$/gm)].map(([, name = '', id = '']) => [name, id]),
      ),
    );

    // https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
    assert.deepEqual(roles, {
      monitoringMetricsPublisher: '3913510d-42f4-4e42-8a64-420c390055eb',
      eventHubsDataReceiver: 'a638d3c7-ab3a-418d-83e6-5f17a39d4fde',
      // Key Vault Secrets Officer and Key Vault Secrets User.
      officerRole: 'b86a8fe4-44ce-4948-aee5-eccb2c155cd7',
      storageBlobDataContributor: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe',
      storageBlobDataOwner: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b',
      storageBlobDataReader: '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1',
      userRole: '4633458b-17de-408a-b874-0445c86b69e6',
    });
  });

  it('marks each parameter with the name of a secret as secure', () => {
    const declarations = bicepFiles.flatMap(({ tree }) => descendantsOf(tree, 'parameter_declaration'));
    const suspicious = declarations.filter(({ text }) => /^param \w*(?:secret|password|key)\w* string/i.test(text));

    for (const node of suspicious)
      assert(/Name string/.test(node.text) || /@secure\(\)/.test(node.previousNamedSibling?.text ?? ''), node.text);
    assert(suspicious.length >= 3);
  });

  it('puts no secret into an output', () => {
    const outputs = bicepFiles.flatMap(({ tree }) => descendantsOf(tree, 'output_declaration').map(({ text }) => text));

    assert.doesNotMatch(outputs.join('\n'), /listKeys|getSecret|\bsigningSecrets\b|\bredactKey\b|\.properties\.value/);
  });
});

function valueAt(object: Node, path: string): Node | undefined {
  return path.split('.').reduce<Node | undefined>((node, name) => node && propertyOf(node, name), object);
}
