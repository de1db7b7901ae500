// Makes test/fixtures/arm/resource-types.jsonl: the properties in the published API of each resource type. Run it by
// hand after an API version in infra/ has changed: node test/infra/draw-up-resource-types.ts. It installs the packages
// below into a temporary folder.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../../local/paths.ts';
import { isRecord } from '../../shared/json/record.ts';
import { declaredTypes } from './declared-types.ts';
import { factsOfMapper } from './mapper-facts.ts';
import type { TypeFacts } from './resource-types.ts';
import { factsOfSerializer } from './serializer-facts.ts';

/** Microsoft's own clients. They come from the same specifications as the APIs, so they write what the API takes. */
interface Source {
  readonly package: string;
  readonly models: string;
  /** The function that writes a resource, or the mapper that describes it, by resource type. */
  readonly writers: Readonly<Record<string, string>>;
  /** The additions of the client's preview version. The deployed stable version lacks them, by its specification. */
  readonly withoutPreview?: readonly string[];
}

const sources: readonly Source[] = [
  {
    package: '@azure/arm-appservice@19.0.0',
    models: 'dist/esm/models/models',
    writers: {
      'Microsoft.Web/serverfarms@2025-03-01': 'appServicePlanSerializer',
      'Microsoft.Web/sites@2025-03-01': 'siteSerializer',
      'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2025-03-01':
        'csmPublishingCredentialsPoliciesEntitySerializer',
    },
  },
  {
    package: '@azure/arm-storage@20.0.0',
    models: 'dist/esm/models/models',
    writers: {
      'Microsoft.Storage/storageAccounts@2025-08-01': 'storageAccountCreateParametersSerializer',
      'Microsoft.Storage/storageAccounts/blobServices@2025-08-01': 'blobServicePropertiesSerializer',
      'Microsoft.Storage/storageAccounts/blobServices/containers@2025-08-01': 'blobContainerSerializer',
    },
  },
  {
    package: '@azure/arm-eventhub@6.0.0',
    models: 'dist/esm/models/models',
    writers: {
      'Microsoft.EventHub/namespaces@2024-01-01': 'ehNamespaceSerializer',
      'Microsoft.EventHub/namespaces/eventhubs@2024-01-01': 'eventhubSerializer',
      'Microsoft.EventHub/namespaces/eventhubs/consumergroups@2024-01-01': 'consumerGroupSerializer',
      'Microsoft.EventHub/namespaces/eventhubs/authorizationRules@2024-01-01': 'authorizationRuleSerializer',
    },
  },
  {
    package: '@azure/arm-keyvault@5.0.0',
    models: 'dist/esm/models/models',
    writers: {
      'Microsoft.KeyVault/vaults@2026-02-01': 'vaultCreateOrUpdateParametersSerializer',
      'Microsoft.KeyVault/vaults/secrets@2026-02-01': 'secretCreateOrUpdateParametersSerializer',
    },
  },
  {
    package: '@azure/arm-operationalinsights@11.0.0',
    models: 'dist/esm/models/models',
    writers: { 'Microsoft.OperationalInsights/workspaces@2025-07-01': 'workspaceSerializer' },
  },
  {
    package: '@azure/arm-privatedns@4.0.0',
    models: 'dist/esm/models/models',
    writers: {
      'Microsoft.Network/privateDnsZones@2024-06-01': 'privateZoneSerializer',
      'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01': 'virtualNetworkLinkSerializer',
    },
  },
  {
    package: '@azure/arm-monitor@8.0.0',
    models: 'dist/esm/models/scheduledQueryRuleApi/models',
    writers: { 'Microsoft.Insights/scheduledQueryRules@2026-03-01': 'scheduledQueryRuleResourceSerializer' },
    withoutPreview: [
      'criterionType',
      'alertSensitivity',
      'ignoreDataBefore',
      'minRecurrenceCount',
      'actionProperties',
      'resolveConfiguration',
    ],
  },
  {
    package: '@azure/arm-monitor@8.0.0',
    models: 'dist/esm/models/actionGroupsApi/models',
    writers: { 'Microsoft.Insights/actionGroups@2023-01-01': 'actionGroupResourceSerializer' },
    withoutPreview: ['incidentReceivers', 'identity', 'managedIdentity'],
  },
  {
    package: '@azure/arm-network@36.0.0',
    models: 'dist/esm/models/mappers',
    writers: {
      'Microsoft.Network/virtualNetworks@2025-05-01': 'VirtualNetwork',
      'Microsoft.Network/virtualNetworks/subnets@2025-05-01': 'Subnet',
      'Microsoft.Network/privateEndpoints@2025-05-01': 'PrivateEndpoint',
      'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2025-05-01': 'PrivateDnsZoneGroup',
    },
  },
  {
    package: '@azure/arm-msi@2.2.0',
    models: 'dist/esm/models/mappers',
    writers: { 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30': 'Identity' },
  },
  {
    package: '@azure/arm-authorization@9.0.0',
    models: 'dist-esm/src/models/mappers',
    writers: { 'Microsoft.Authorization/roleAssignments@2022-04-01': 'RoleAssignmentCreateParameters' },
  },
  {
    package: '@azure/arm-appinsights@5.0.0-beta.8',
    models: 'dist/esm/models/mappers',
    writers: {
      'Microsoft.Insights/components@2020-02-02': 'ApplicationInsightsComponent',
      'Microsoft.Insights/workbooks@2023-06-01': 'Workbook',
    },
  },
  {
    package: '@azure/arm-synapse@8.0.0',
    models: 'dist-esm/src/models/mappers',
    writers: {
      'Microsoft.Synapse/workspaces@2021-06-01': 'Workspace',
      'Microsoft.Synapse/workspaces/firewallRules@2021-06-01': 'IpFirewallRuleInfo',
    },
  },
];

const folder = mkdtempSync(join(tmpdir(), 'resource-types-'));
try {
  writeFileSync(join(folder, 'package.json'), '{"private":true}');
  const packages = [...new Set(sources.map((source) => source.package))];
  execFileSync('npm', ['install', '--no-save', '--ignore-scripts', '--loglevel=error', ...packages], { cwd: folder });
  const lines: string[] = [];
  for (const source of sources)
    for (const [type, writer] of Object.entries(source.writers))
      lines.push(JSON.stringify({ type, from: source.package, takes: await factsOf(source, writer) }));
  writeFileSync(join(root, 'test/fixtures/arm/resource-types.jsonl'), `${lines.sort().join('\n')}\n`);
  console.log(`Drew up ${lines.length} resource types`);
} finally {
  rmSync(folder, { recursive: true });
}

async function factsOf({ package: name, models, withoutPreview = [] }: Source, writer: string): Promise<TypeFacts> {
  const client = join(folder, 'node_modules', name.slice(0, name.lastIndexOf('@')));
  const found: unknown = await import(pathToFileURL(join(client, `${models}.js`)).href);
  if (!isRecord(found) || !(writer in found))
    throw new Error(`Cannot draw up: ${name} must have ${writer}: it has none`);
  const declared = declaredTypes(readFileSync(join(client, declarationsBeside(models)), 'utf8'));
  const facts = models.endsWith('mappers')
    ? factsOfMapper(found, writer, declared)
    : factsOfSerializer(found[writer], declared);
  return without(facts, new Set(withoutPreview));
}

function declarationsBeside(models: string): string {
  return models.endsWith('mappers') ? models.replace(/mappers$/, 'index.d.ts') : `${models}.d.ts`;
}

function without(facts: TypeFacts, names: ReadonlySet<string>): TypeFacts {
  if (typeof facts === 'string' || Array.isArray(facts)) return facts;
  const kept = Object.entries(facts).filter(([name]) => !names.has(name));
  return Object.fromEntries(kept.map(([name, of]): [string, TypeFacts] => [name, without(of, names)]));
}
