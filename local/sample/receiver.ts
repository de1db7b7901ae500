// The receiver of the sample: finds its address, and waits until it answers.
import type { Environment } from '../../shared/app/setting-reader.ts';
import { isThisMachine } from '../../shared/lake/this-machine.ts';
import { CommandError, reasonOf } from '../command.ts';
import { readPort } from '../port.ts';

export interface SampleReceiver {
  /** The whole address of POST /api/change-events. */
  readonly endpoint: string;
  readonly isHere: boolean;
}

const route = '/api/change-events';

export function receiverOf(url: string | undefined, environment: Environment): SampleReceiver {
  if (url !== undefined) return { endpoint: endpointOf(url), isHere: isThisMachine(URL.parse(url)?.hostname ?? '') };
  const port = readPort(environment);
  if (typeof port === 'string') throw new CommandError(`Cannot play the story: ${port}`);
  return { endpoint: `http://localhost:${port}${route}`, isHere: true };
}

/** Adds the route if the address has none. Another path is a mistake, so it is refused. */
function endpointOf(url: string): string {
  const address = URL.parse(url);
  const isPlain = address?.username === '' && address.password === '' && address.search === '';
  const isReceiver = address !== null && ['/', route].includes(address.pathname);
  if (address?.protocol === 'http:' && !isThisMachine(address.hostname))
    throw new CommandError(
      'Cannot play the story: --url must be an https:// address, or http:// for localhost: it is http:// to another machine',
    );
  if (isPlain && isReceiver && /^https?:$/.test(address.protocol)) return new URL(route, address).href;
  // The address may contain a pasted key.
  const found = /^[\w.:/-]{1,60}$/.test(url) ? `it is "${url}"` : 'it is something else';
  const mustBe = `an http:// or https:// address, without a path or with ${route}`;
  throw new CommandError(`Cannot play the story: --url must be ${mustBe}: ${found}`);
}

export interface Patience {
  readonly forMs: number;
  readonly everyMs: number;
  readonly note: (line: string) => void;
}

/** Tells a person at once that no receiver answers. The Atlas function would keep its events, and try for a minute. */
export async function assertAnswers(
  { endpoint, isHere }: SampleReceiver,
  patience: Patience | undefined,
): Promise<void> {
  const health = new URL('health', endpoint);
  const endMs = Date.now() + (patience?.forMs ?? 0);
  let isNoted = false;
  for (;;) {
    const answer = await fetch(health).catch((error: unknown) => reasonOf(error));
    if (typeof answer !== 'string') return assertWell(answer);
    const isStarting = answer === 'ECONNREFUSED' && Date.now() < endMs;
    if (!isStarting)
      throw new CommandError(
        `Cannot play the story: a receiver must listen on ${endpoint}: nothing answers (${answer})${isHere ? ': start it with npm start' : ''}`,
      );
    if (!isNoted)
      patience?.note(`Waiting for the receiver on ${endpoint}: start it with npm start, in another terminal`);
    isNoted = true;
    await new Promise((resolve) => setTimeout(resolve, patience?.everyMs));
  }
}

function assertWell(health: Response): void {
  if (!health.ok)
    throw new CommandError(
      `Cannot play the story: the receiver must be healthy: its /api/health answered ${health.status}: read the cause in its log`,
    );
}
