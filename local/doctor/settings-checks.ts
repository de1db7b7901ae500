// Checks the settings as the receiver reads them, and the secret that signs deliveries.
import type { KeyObject } from 'node:crypto';
import type { Environment } from '../../shared/app/setting-reader.ts';
import { readSettings, type Settings } from '../../shared/app/settings.ts';
import { readSecret } from '../../shared/http/signature.ts';
import { type Check, failed, leftOut, leftOutAfter, ok } from './check.ts';
import { appCommand, type Places, setSecrets, setSetting } from './places.ts';
import { weaknessOf } from './secret-strength.ts';

export interface CheckedSettings {
  readonly checks: readonly Check[];
  /** Undefined if they are wrong. */
  readonly settings: Settings | undefined;
}

const names = { settings: 'settings', secret: 'signing secret', sender: 'secret of the sender' };
const examples: ReadonlyMap<string, string> = new Map([
  ['LAKE_URL', 'abfss://<container>@<account>.dfs.core.windows.net/<directory>'],
  ['SIGNING_SECRETS', '<the whsec_ secrets of the app>'],
  // Never a new key: it would change every hash.
  ['REDACT_KEY', '<the key of the app>'],
]);

export function checkSettings(environment: Environment, places: Places): CheckedSettings {
  const read = readSettings(environment);
  if (read.kind === 'invalid') {
    const problems = read.problems.map((problem) => failed(names.settings, problem, fixOf(problem, places)));
    return { checks: [...problems, ...leftOutAfter([names.secret], names.settings)], settings: undefined };
  }
  const { settings } = read;
  const { location } = settings.lake;
  const where = location.kind === 'folder' ? 'a folder' : `container ${location.container} of ${location.account}`;
  return {
    checks: [
      ok(names.settings, `valid: the lake is ${where}, documents are ${settings.documentFormat}`),
      ...checkSecrets(settings, environment, places),
    ],
    settings,
  };
}

/** A problem begins with the name of its setting. The value here is wrong. The app's own value may be right. */
function fixOf(problem: string, places: Places): string {
  const name = /^\w+/.exec(problem)?.[0] ?? 'LAKE_URL';
  const value = examples.get(name) ?? '<value>';
  if (places.isHere) return setSetting(places, `${name}="${value}"`);
  return [
    `export ${name}="${value}"   # as the app has it: ${appCommand('functionapp config appsettings list', places, ` --query "[?name=='${name}'].value" --output tsv`)}`,
    `and only if the app's value is wrong too: ${setSetting(places, `"${name}=${value}"`)}`,
  ].join('\n');
}

function checkSecrets({ signingSecrets }: Settings, environment: Environment, places: Places): Check[] {
  const renew = [
    'SECRET=whsec_$(openssl rand -base64 32)',
    setSecrets(places, '$SECRET'),
    ...(places.isHere ? [] : ['and give the sender the same secret: LAKE_SIGNING_SECRET=$SECRET npm run atlas:deploy']),
  ].join('\n');
  if (signingSecrets.length === 0 && places.isHere)
    return [leftOut(names.secret, 'SIGNING_SECRETS is not set, which is safe on this machine only')];
  if (signingSecrets.length === 0) {
    const found = 'SIGNING_SECRETS must be set here as in the app, to sign a test delivery: it is not set';
    const fix = [
      'export SIGNING_SECRETS="$(az keyvault secret show --vault-name <vault> --name signing-secrets --query value --output tsv)"',
      `and only if the app has no secret (then the check "unsigned refused" fails):\n${renew}`,
    ].join('\n');
    return [failed(names.secret, found, fix)];
  }
  const weak = signingSecrets.flatMap((secret, index) => {
    const weakness = weaknessOf(secret.export());
    const which = signingSecrets.length === 1 ? 'the secret' : `secret ${index + 1} of ${signingSecrets.length}`;
    return weakness === undefined ? [] : [failed(names.secret, `${which} must be random: ${weakness}`, renew)];
  });
  const lengths = signingSecrets.map(({ symmetricKeySize }) => symmetricKeySize).join(', ');
  const strong = ok(names.secret, `looks random, ${lengths} bytes`);
  return [...(weak.length > 0 ? weak : [strong]), ...checkSender(signingSecrets, environment['LAKE_SIGNING_SECRET'])];
}

/** Compares the sender's secret with the receiver's, if both are set. */
function checkSender(secrets: readonly KeyObject[], given: string | undefined): Check[] {
  const text = given?.trim() ?? '';
  if (text === '') return [];
  const sender = readSecret(text);
  if (sender !== undefined && secrets.some((secret) => secret.equals(sender)))
    return [ok(names.sender, 'LAKE_SIGNING_SECRET is one of SIGNING_SECRETS')];
  const fix = 'export LAKE_SIGNING_SECRET=<one of SIGNING_SECRETS>, then npm run atlas:deploy';
  return [failed(names.sender, 'LAKE_SIGNING_SECRET must be one of SIGNING_SECRETS: it is not', fix)];
}
