// Finds the address of the receiver and its function key.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Environment, hasAnotherForm, mayBeSecret } from '../../../shared/app/setting-reader.ts';
import { placeholderUrl } from '../../atlas-configure/lake-sync.ts';
import { findUrlProblem } from '../../atlas-configure/receiver-url.ts';
import { FormError, optionalTextAt, readObject } from '../../atlas-deploy/json.ts';
import { readJson } from '../../atlas-deploy/json-file.ts';
import { readPort } from '../../port.ts';

export interface ReceiverAddress {
  /** The whole address, with `/api/change-events`. */
  readonly url: URL;
  /** Where the address comes from: an option, a variable or a file. */
  readonly from: string;
}

export type FoundAddress =
  | { readonly kind: 'address'; readonly address: ReceiverAddress }
  /** No option, variable or file has the address. */
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
        problem: 'the address of the receiver must be in --url, RECEIVER_URL or lake-sync.json: it is missing',
      };
    return readAddress(text, file);
  } catch (error) {
    if (!(error instanceof FormError)) throw error;
    return problem(error.message);
  }
}

/** The receiver of npm start on this machine. */
export function receiverHere(environment: Environment): FoundAddress {
  const port = readPort(environment);
  if (typeof port === 'string') return problem(port);
  return {
    kind: 'address',
    address: { url: new URL(`http://localhost:${port}/api/change-events`), from: 'npm start' },
  };
}

/** Adds the route if the address has only a host. */
function readAddress(text: string, from: string): FoundAddress {
  const url = URL.parse(text);
  const whole =
    url?.pathname === '/' && url.search === '' && url.hash === '' ? new URL('/api/change-events', url) : url;
  // A person can mix up the variables, and give a key.
  if (mayBeSecret(text))
    return problem(`${from} must be the whole address of the receiver, without a key: ${hasAnotherForm}`);
  const broken = findUrlProblem(whole?.href ?? text);
  if (broken !== undefined) return problem(`${from} must be ${broken.requirement}: ${broken.found}`);
  return whole === null
    ? problem(`${from} must be an address: ${hasAnotherForm}`)
    : { kind: 'address', address: { url: whole, from } };
}

function problem(text: string): FoundAddress {
  return { kind: 'problem', problem: text };
}

/** Reads the key under both names: npm run sample and npm run atlas:deploy have different ones. */
export function receiverKey(environment: Environment): string {
  return environment['RECEIVER_KEY']?.trim() || environment['LAKE_RECEIVER_KEY']?.trim() || '';
}
