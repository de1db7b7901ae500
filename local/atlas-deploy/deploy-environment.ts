// Reads the environment of a deployment: the API key, the project, and the secrets for Atlas.
import { readSecret } from '../../shared/http/signature.ts';
import { isThisMachine } from '../../shared/lake/this-machine.ts';

export interface AtlasAccess {
  readonly address: string;
  readonly projectId: string;
  readonly publicKey: string;
  readonly privateKey: string;
}

/** `none`: set and empty, so the receiver needs no secret. `unset`: Atlas keeps the secret that it has. */
export type SecretSetting =
  | { readonly kind: 'given'; readonly value: string }
  | { readonly kind: 'none' }
  | { readonly kind: 'unset' };

export interface DeployEnvironment {
  readonly access: AtlasAccess;
  /** The key is the secret's name in Atlas. */
  readonly secrets: ReadonlyMap<string, SecretSetting>;
}

/** The variable of the environment for each secret in Atlas. */
export const secretVariables: ReadonlyMap<string, string> = new Map([
  ['lakeReceiverKey', 'LAKE_RECEIVER_KEY'],
  ['lakeSigningSecret', 'LAKE_SIGNING_SECRET'],
]);

const maxSecretLength = 500;
const publicAddress = 'https://services.cloud.mongodb.com/api/admin/v3.0';

export function readDeployEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  problems: string[],
): DeployEnvironment {
  function required(name: string, form: RegExp, what: string, shown: (text: string) => string): string {
    const text = environment[name]?.trim() ?? '';
    if (!form.test(text)) problems.push(`${name} must be ${what}: it is ${text === '' ? 'missing' : shown(text)}`);
    return text;
  }

  const noSpace = /^[\x21-\x7e]+$/;
  const access = {
    publicKey: required('ATLAS_PUBLIC_KEY', noSpace, 'the public key of an Atlas API key', () => 'malformed'),
    privateKey: required('ATLAS_PRIVATE_KEY', noSpace, 'the private key of an Atlas API key', () => 'malformed'),
    projectId: required(
      'ATLAS_PROJECT_ID',
      /^[0-9a-f]{24}$/,
      'the id of an Atlas project, 24 hex digits',
      // The text may be a pasted key.
      (text) => (text.length > 24 ? 'longer' : JSON.stringify(text)),
    ),
    address: readAddress(environment['ATLAS_ADMIN_API'] || publicAddress, problems),
  };
  const secrets = [...secretVariables].map(([name, variable]) => {
    const setting = settingOf(environment[variable]);
    if (setting.kind === 'given') checkSecret(variable, setting.value, problems);
    return [name, setting] as const;
  });
  return { access, secrets: new Map(secrets) };
}

function settingOf(text: string | undefined): SecretSetting {
  if (text === undefined) return { kind: 'unset' };
  return text.trim() === '' ? { kind: 'none' } : { kind: 'given', value: text.trim() };
}

/** Checks the form only. The message must not contain the secret. */
function checkSecret(variable: string, value: string, problems: string[]): void {
  if (variable === 'LAKE_SIGNING_SECRET' && readSecret(value) === undefined)
    problems.push(`${variable} must be "whsec_" and the base64 of 24 to 64 bytes, one secret: ${foundIn(value)}`);
  if (variable === 'LAKE_RECEIVER_KEY' && !/^[\x21-\x7e]+$/.test(value))
    problems.push(`${variable} must be a function key, without spaces: it is not`);
  if (value.length > maxSecretLength)
    problems.push(`${variable} must have at most ${maxSecretLength} characters: it has ${value.length}`);
}

/** During a rotation the vault has two secrets, and only one can sign. */
function foundIn(value: string): string {
  const count = value.split(/[\s,]+/).length;
  return count === 1 ? 'it is not' : `it has ${count}, of which the last is the newest`;
}

function readAddress(text: string, problems: string[]): string {
  const url = URL.parse(text);
  if (url === null || !isSafe(url))
    problems.push(
      `ATLAS_ADMIN_API must be an https:// address: it is ${url === null ? 'malformed' : JSON.stringify(url.origin)}`,
    );
  return text.replace(/\/+$/, '');
}

/** Safe means encrypted, or on this machine only. */
export function isSafe({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || (protocol === 'http:' && isThisMachine(hostname));
}
