// Where the receiver is, and the function key it asks for.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Environment, hasAnotherForm, mayBeSecret } from '../../../shared/app/setting-reader.ts';
import { placeholderUrl } from '../../atlas-configure/lake-sync.ts';
import { findUrlProblem } from '../../atlas-configure/receiver-url.ts';
import { FormError, optionalTextAt, readObject } from '../../atlas-deploy/json.ts';
import { readJson } from '../../atlas-deploy/json-file.ts';
import { readPort } from '../../port.ts';

export interface ReceiverAddress {
  /** With `/api/change-events`. */
  readonly url: URL;
  /** Who said it: an option, a variable or a file. */
  readonly from: string;
}

export type FoundAddress =
  | { readonly kind: 'address'; readonly address: ReceiverAddress }
  /** Nothing says where it is. */
  | { readonly kind: 'missing'; readonly problem: string }
  | { readonly kind: 'problem'; readonly problem: string };

export function receiverAddress(option: string | undefined, environment: Environment, appFolder: string): FoundAddress {
  const variable = environment['RECEIVER_URL']?.trim() || undefined;
  const given = option ?? variable;
  if (given !== undefined) return readAddress(given, option === undefined ? 'RECEIVER_URL' : '--url');
  try {
    const file = 'lake-sync.json';
    const hasFile = existsSync(join(appFolder, file));
    const text = hasFile ? optionalTextAt(readObject(readJson(appFolder, file), file), 'receiverUrl') : undefined;
    if (text === undefined || text === placeholderUrl)
      return {
        kind: 'missing',
        problem: 'the address of the receiver must be given: neither --url nor RECEIVER_URL nor lake-sync.json says it',
      };
    return readAddress(text, file);
  } catch (error) {
    if (!(error instanceof FormError)) throw error;
    return problem(error.message);
  }
}

/** The one that npm start serves on this machine. */
export function receiverHere(environment: Environment): FoundAddress {
  const port = readPort(environment);
  if (typeof port === 'string') return problem(port);
  return {
    kind: 'address',
    address: { url: new URL(`http://localhost:${port}/api/change-events`), from: 'npm start' },
  };
}

/** A host alone will do. */
function readAddress(text: string, from: string): FoundAddress {
  const url = URL.parse(text);
  const whole =
    url?.pathname === '/' && url.search === '' && url.hash === '' ? new URL('/api/change-events', url) : url;
  // Whoever took one variable for another gave a key.
  if (mayBeSecret(text))
    return problem(`${from} must be the whole address of the receiver, without a key: ${hasAnotherForm}`);
  const broken = findUrlProblem(whole?.href ?? text);
  if (broken !== undefined) return problem(`${from} must be ${broken.requirement}: ${broken.found}`);
  return whole === null ? problem(`${from} must be an address`) : { kind: 'address', address: { url: whole, from } };
}

function problem(text: string): FoundAddress {
  return { kind: 'problem', problem: text };
}

/** One key under the two names that npm run sample and npm run atlas:deploy have for it. */
export function receiverKey(environment: Environment): string {
  return environment['RECEIVER_KEY']?.trim() || environment['LAKE_RECEIVER_KEY']?.trim() || '';
}
