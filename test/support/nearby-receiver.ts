// A receiver without a network. It follows the test's script, on the clock of the test, and records the requests. By
// default it takes every signed event and gives a true receipt.
import { isAuthentic } from '../../shared/http/signature.ts';
import { secretKey, signatureIn } from './deliveries.ts';
import { problemOf, type Reply, storeAll, type Told } from './scripted-receiver.ts';

/** The reply to a sender: an answer, silence for ever, or a broken connection. */
export type Deed = Reply | 'hang' | 'reset';

export type Doing = Deed | ((told: Told) => Deed | Promise<Deed>);

export interface NearbyReceiver {
  readonly told: readonly Told[];
  /** One for each of the next requests. The last one stays. */
  readonly act: (...doings: Doing[]) => void;
  readonly post: (request: unknown) => Promise<unknown>;
}

export function nearbyReceiver(now: () => number): NearbyReceiver {
  const told: Told[] = [];
  let doings: Doing[] = [storeAll];
  return {
    told,
    act: (...next) => {
      doings = next;
    },
    post: async (request) => {
      const one = toldBy(request, now());
      told.push(one);
      const [doing = storeAll] = doings;
      if (doings.length > 1) doings = doings.slice(1);
      const deed = isSigned(one) ? await doneOf(doing, one) : problemOf(401, 'not-authentic');
      if (deed === 'reset') throw new Error('Post "http://receiver.test": connection reset by peer');
      return deed === 'hang' ? await new Promise(() => undefined) : answerOf(deed);
    },
  };
}

function toldBy(request: unknown, atMs: number): Told {
  if (typeof request !== 'object') throw new Error('http.post: an object is required');
  const { headers, body }: Record<string, unknown> = { ...request };
  if (typeof headers !== 'object' || typeof body !== 'string')
    throw new Error('http.post: headers and body are required');
  const named = Object.entries({ ...headers }).map(([name, values]) => [name.toLowerCase(), String(values)] as const);
  const parsed: unknown = JSON.parse(body);
  return { headers: Object.fromEntries(named), body, events: Array.isArray(parsed) ? parsed : [parsed], atMs };
}

function isSigned({ headers, body, atMs }: Told): boolean {
  return isAuthentic(Buffer.from(body), signatureIn(headers), [secretKey], new Date(atMs));
}

async function doneOf(doing: Doing, told: Told): Promise<Deed> {
  return typeof doing === 'function' ? await doing(told) : doing;
}

function answerOf({ status, headers = {}, body = '' }: Reply): unknown {
  const named = Object.entries(headers).map(([name, value]) => [name, [value]] as const);
  return { statusCode: status, headers: Object.fromEntries(named), body: { text: () => body } };
}
