// One log line for each invocation: counts, names and digests. It never has a document, token, key or secret.
import { byteLength, type OutgoingEvent } from './event.ts';

/** Atlas cuts a line at 512 bytes. */
const maxLineBytes = 511;

/** What an invocation did with its event. */
export interface Outcome {
  readonly outcome: 'delivered' | 'refused' | 'kept' | 'lost';
  readonly reason: string;
}

/** Throws if the event is lost, because Atlas then marks the invocation as failed. */
export function logOutcome(name: string, event: OutgoingEvent, { outcome, reason }: Outcome, began: number) {
  const { namespace, operationType, digest } = event;
  const durationMs = Date.now() - began;
  const line = logLine({ function: name, outcome, operationType, namespace, digest, durationMs, reason });
  if (outcome === 'lost') throw new Error(`Cannot keep event ${digest}: ${reason}`);
  return line;
}

export function logLine<T extends object>(line: T): T {
  // One character can become six bytes of JSON.
  const lines = [100, 50, 25, 10].map((most) => cutLine(line, most));
  const fitting = lines.find((text) => byteLength(text) <= maxLineBytes);
  if (fitting !== undefined) console.log(fitting);
  return line;
}

function cutLine(line: object, most: number): string {
  const text = JSON.stringify(line, (_, value) => (typeof value === 'string' ? value.slice(0, most) : value));
  // Some log readers end a line at these characters, so a name could forge a line.
  return text.replace(/[\u007f-\u009f\u2028\u2029]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** Error messages can contain addresses and document keys. So only harmless words are kept. */
export function faultWord(error: unknown): string {
  const known =
    /no such host|refused|reset|timeout|timed out|certificate|EOF|unreachable|not primary|not authorized|not allowed|Unrecognized expression|\b(?:ECONN(?:ABORTED|REFUSED|RESET)|ENOTFOUND|ETIMEDOUT|EPIPE|EHOST(?:DOWN|UNREACH)|ENETUNREACH|EAI_AGAIN|E11000)\b|TypeError|RangeError|the value lakeDataSource must name a data source of this app/.exec(
      String(error),
    );
  return known === null ? 'a fault that it does not name' : known[0];
}
