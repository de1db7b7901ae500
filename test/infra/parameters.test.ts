import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { Node } from 'web-tree-sitter';
import { root } from '../../local/paths.ts';
import { readSettings } from '../../shared/app/settings.ts';
import { readSecret } from '../../shared/http/signature.ts';
import { ownSettings } from '../support/own-settings.ts';
import { bicepFile, childrenOf, descendantsOf, plainText, propertiesOf, propertyOf } from './bicep.ts';
import { readParameters } from './bicep-parameters.ts';

const main = bicepFile('infra/main.bicep').tree;
const app = bicepFile('infra/app/function-app.bicep').tree;
const parameters = new Map(readParameters(main).map((parameter) => [parameter.name, parameter]));
const given = settingsGiven();
const lake = { LAKE_URL: 'abfss://lake@account.dfs.core.windows.net/atlas' };

describe('the parameters', () => {
  it('set everything in the README except the keys: the identity replaces them', () => {
    assert.deepEqual(
      [...given.keys()].sort(),
      ownSettings().filter((name) => name !== 'STORAGE_ACCOUNT_KEY' && name !== 'EVENT_HUB_CONNECTION'),
    );
  });

  it('have the defaults of the settings', () => {
    const defaults = [...given].flatMap(([setting, parameter]) => {
      const byDefault = parameters.get(parameter)?.byDefault ?? '';
      return byDefault === '' ? [] : [[setting, byDefault]];
    });

    assert.deepEqual(readSettings({ ...lake, ...Object.fromEntries(defaults) }), readSettings(lake));
    assert(defaults.length >= 9);
  });

  it('allow the choices of the settings, no more and no less', () => {
    const withChoices = [...given].filter(([, parameter]) => parameters.get(parameter)?.allowed !== undefined);

    for (const [setting, parameter] of withChoices) {
      const choices = parameters
        .get(parameter)
        ?.allowed?.map((word) => JSON.stringify(word))
        .join(' or ');
      assert.match(problemWith(setting, 'none such'), new RegExp(`^${setting} must be ${choices}: `));
    }
    assert.deepEqual(withChoices.map(([setting]) => setting).sort(), [
      'DOCUMENT_FORMAT',
      'LAKE_API',
      'LAKE_FILES',
      'LAKE_LAYOUT',
      'TABLES',
      'TABLES_EVERY_MINUTES',
    ]);
  });

  it('have the bounds of the settings', () => {
    const counts = [...given].filter(([setting]) => /^MAX_|^WRITE_|_HOURS$/.test(setting));

    for (const [setting, parameter] of counts) {
      const { min, max } = parameters.get(parameter) ?? {};
      assert.match(problemWith(setting, 'none'), new RegExp(`a whole number from ${min} to ${max}: `));
    }
    assert.equal(counts.length, 5);
  });

  it('all have a description', () => {
    for (const { name, description } of parameters.values()) assert((description ?? '').length > 10, name);
  });

  it('in main.parameters.json exist', () => {
    const file = JSON.parse(readFileSync(join(root, 'infra/main.parameters.json'), 'utf8'));

    for (const name of Object.keys(file.parameters)) assert(parameters.has(name), name);
  });

  it('leave an instance the memory that docs/reliability.md needs', () => {
    const needed = (bytesInFlight: number): number => 6 * bytesInFlight + 120_000_000;
    const { description } = parameters.get('maxBytesInFlight') ?? {};
    const [, forSmall] = /With instanceMemoryMB=512: at most (\d+)/.exec(description ?? '') ?? [];

    assert(needed(numberOf('maxBytesInFlight')) < numberOf('instanceMemoryMB') * 1_048_576 * 0.5);
    assert(needed(Number(forSmall)) < 512 * 1_048_576);
    assert(numberOf('maxBodyBytes') <= numberOf('maxBytesInFlight'));
  });

  it('are refused if an instance has too little memory, or one body exceeds the bytes in flight', () => {
    const [rule = ''] = /var memoryMB = [\s\S]*?\n\n/.exec(main.text) ?? [];
    const [, bytesForEachMB] =
      /maxBytesInFlight > instanceMemoryMB \* (\d+)\n\s+\? fail\('Cannot deploy: /.exec(rule) ?? [];
    const most = (memoryMB: number): number => memoryMB * Number(bytesForEachMB);

    assert.match(rule, /maxBodyBytes > maxBytesInFlight\n\s+\? fail\('Cannot deploy: [\s\S]*: instanceMemoryMB\n/);
    assert.match(main.text, /instanceMemoryMB: memoryMB\n/);
    for (const memoryMB of parameters.get('instanceMemoryMB')?.allowed ?? ['512', '2048', '4096'])
      assert(6 * most(Number(memoryMB)) + 120_000_000 < Number(memoryMB) * 1_048_576 * 0.7, memoryMB);
    assert(numberOf('maxBytesInFlight') > most(512));
    assert(numberOf('maxBytesInFlight') <= most(numberOf('instanceMemoryMB')));
  });
});

describe('the redaction', () => {
  it('stays if a deployment does not name it, because rules and key come from the vault', () => {
    assert.equal(given.get('REDACT'), 'empty(redact) ? redactRulesReference : redact');
    assert.equal(given.get('REDACT_KEY'), 'redactKeyReference');
    assert.equal(parameters.get('redact')?.byDefault, '');
    for (const [module, file, condition] of [
      ['givenRedactRules', 'given-secret', '!empty(redact)'],
      ['firstRedactRules', 'first-secret', 'empty(redact)'],
      ['givenRedactKey', 'given-secret', '!empty(redactKey)'],
      ['generatedRedactKey', 'generated-secret', 'empty(redactKey)'],
    ] as const)
      assert(main.text.includes(`module ${module} 'app/${file}.bicep' = if (${condition}) {`), module);
  });

  it('starts as "none", and a later deployment keeps the new value', () => {
    const { text } = bicepFile('infra/app/first-secret.bicep').tree;

    assert.match(main.text, /secretName: redactRulesName, value: 'none' \}/);
    assert.match(text, /@onlyIfNotExists\(\)\nresource secret 'Microsoft\.KeyVault\/vaults\/secrets@/);
  });

  it('can be given to azd', () => {
    const file = JSON.parse(readFileSync(join(root, 'infra/main.parameters.json'), 'utf8'));

    assert.deepEqual(file.parameters.redact, { value: `\${REDACT}` });
  });
});

describe('the signature', () => {
  it('is off only with "none", never with a blank', () => {
    assert.equal(given.get('SIGNING_SECRETS'), "requireSignature ? signingSecretReference : 'none'");
  });
});

describe('the addresses that may connect', () => {
  it('are single addresses if they have no range: /32 for IPv4, /128 for IPv6', () => {
    assert.match(
      app.text,
      /contains\(address, '\/'\) \? address : '\$\{address\}\/\$\{contains\(address, ':'\) \? 128 : 32\}'/,
    );
  });
});

describe('the app settings', () => {
  it('leave the host a far higher limit, so that the receiver answers 413', () => {
    const ofHost = Number(plainText(variableNode('hostSettings', 'FUNCTIONS_REQUEST_BODY_SIZE_LIMIT')));

    assert.equal(given.get('MAX_BODY_BYTES'), 'maxBodyBytes');
    assert(ofHost >= 4 * Number(parameters.get('maxBodyBytes')?.max));
    // Azure's front end takes at most 210 MB. The receiver answers everything that passes it.
    assert(ofHost > 220_200_960);
  });

  it('have no setting that Flex Consumption refuses', () => {
    const names = descendantsOf(app, 'object_property').map((node) => childrenOf(node)[0]?.text ?? '');

    assert.deepEqual(
      names.filter((name) => /^(FUNCTIONS_WORKER_RUNTIME|FUNCTIONS_EXTENSION_VERSION|WEBSITE_.*)$/.test(name)),
      [],
    );
  });

  it('name the identity, and no key', () => {
    assert.equal(variable('hostSettings', 'AZURE_CLIENT_ID'), 'identityClientId');
    assert.equal(plainText(variableNode('hostSettings', 'AzureWebJobsStorage__credential')), 'managedidentity');
    assert.doesNotMatch(main.text + app.text, /listKeys|AccountKey|AzureWebJobsStorage:|connectionString\(/);
  });
});

describe('the event hub', () => {
  it('is read by identity, and gets the extension bundle from app settings only', () => {
    const [, settings = ''] =
      /var hubSettings = empty\(eventHubHost\)\n {2}\? \{\}\n {2}: \{\n([\s\S]*?)\n {4}\}/.exec(app.text) ?? [];
    const names = [...settings.matchAll(/^ {6}(\w+):/gm)].map(([, name]) => name);
    const host = readFileSync(join(root, 'host.json'), 'utf8');

    assert.deepEqual(names.sort(), [
      'AzureFunctionsJobHost__extensionBundle__id',
      'AzureFunctionsJobHost__extensionBundle__version',
      'EVENT_HUB_CONNECTION__clientId',
      'EVENT_HUB_CONNECTION__credential',
      'EVENT_HUB_CONNECTION__fullyQualifiedNamespace',
    ]);
    assert.match(app.text, /items\(union\(hostSettings, hubSettings, receiverSettings\)\)/);
    assert.doesNotMatch(host, /extensionBundle/);
  });

  it('is named by two settings, blank without a hub', () => {
    assert.equal(given.get('EVENT_HUB_NAME'), 'eventHub');
    assert.equal(parameters.get('eventHub')?.byDefault, '');
    assert.equal(given.get('EVENT_HUB_CONSUMER_GROUP'), "usesHub ? eventHubConsumerGroup : ''");
  });

  it('is created or reused, and refused if both are impossible', () => {
    assert.match(main.text, /createEventHub && empty\(eventHub\)\n\s+\? fail\('Cannot deploy: eventHub must/);
    assert.match(
      main.text,
      /usesHub && empty\(eventHubNamespace\)\n\s+\? fail\('Cannot deploy: eventHubNamespace must/,
    );
    assert.match(main.text, /module newEventHub 'app\/event-hub\.bicep' = if \(createEventHub\)/);
    assert.match(main.text, /module eventHubRole 'app\/event-hub-role\.bicep' = if \(usesHub && grantEventHubRole\)/);
  });
});

describe('the generated secret', () => {
  it('is valid for the receiver', () => {
    const { text } = bicepFile('infra/app/generated-secret.bicep').tree;
    const guids = ['2e1c6a7e-54d4-4b0c-9a39-8d2f3f0b6a11', 'b0e7c1c4-0d7f-4a55-8c2e-5f1d9a7e3c42'];

    const secret = `whsec_${Buffer.from(guids.join('').replaceAll('-', '')).toString('base64')}`;

    assert.match(text, /value: 'whsec_\$\{base64\(replace\('\$\{oneHalf\}\$\{otherHalf\}', '-', ''\)\)\}'/);
    assert.equal(readSecret(secret)?.symmetricKeySize, 64);
  });

  it('is created only if it is missing', () => {
    const { text } = bicepFile('infra/app/generated-secret.bicep').tree;

    assert.match(text, /@onlyIfNotExists\(\)\nresource secret 'Microsoft\.KeyVault\/vaults\/secrets@/);
  });

  it('has no version in its reference, so that the newest one applies', () => {
    for (const reference of main.text.match(/@Microsoft\.KeyVault\([^']*/g) ?? [])
      assert.match(reference, /secrets\/\$\{\w+Name\}\)$/);
  });
});

/** For each setting of the receiver, the name that its value comes from. */
function settingsGiven(): ReadonlyMap<string, string> {
  const [settings] = descendantsOf(main, 'object').flatMap((object) => propertyOf(object, 'receiverSettings') ?? []);
  assert(settings !== undefined);
  return new Map(
    propertiesOf(settings).map(({ name = '', value }) => [
      name,
      /^string\((\w+)\)$/.exec(value.text)?.[1] ?? value.text,
    ]),
  );
}

function problemWith(setting: string, value: string): string {
  const read = readSettings({ ...lake, [setting]: value });
  return read.kind === 'invalid' ? read.problems.join() : '';
}

function numberOf(name: string): number {
  return Number(parameters.get(name)?.byDefault);
}

function variableNode(name: string, property: string): Node | undefined {
  const declaration = descendantsOf(app, 'variable_declaration').find((node) => childrenOf(node)[0]?.text === name);
  const object = declaration && childrenOf(declaration)[1];
  return object && propertyOf(object, property);
}

function variable(name: string, property: string): string | undefined {
  return variableNode(name, property)?.text;
}
