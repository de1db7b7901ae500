// What the Functions host passes with one invocation, as types. The host passes messages as bytes. Lists beside them
// have the origin of each.
import { isRecord } from '../json/record.ts';

export interface HubMessage {
  readonly body: Uint8Array;
  /** Unique in its partition. The hub gives the message again at this place. */
  readonly sequenceNumber: string;
  readonly enqueuedMs: number | undefined;
  /** Can be a document key, so it must not reach a log. */
  readonly partitionKey: string | undefined;
}

export interface Invocation {
  readonly namespace: string | undefined;
  readonly hub: string;
  readonly consumerGroup: string | undefined;
  readonly partition: string;
  readonly messages: readonly HubMessage[];
}

/** Throws if the host passes something else. Then nothing is known of these messages, and they must come again. */
export function readInvocation(bodies: unknown, metadata: unknown, hub: string): Invocation {
  if (!Array.isArray(bodies)) throw new Error('Cannot take messages: the host must pass a list: it passed one value');
  const { sequenceNumberArray, enqueuedTimeUtcArray, partitionKeyArray, partitionContext } = isRecord(metadata)
    ? metadata
    : {};
  const context = withLowerCaseKeys(partitionContext);
  const partition = textOf(context['partitionId']);
  if (partition === undefined) throw new Error('Cannot take messages: the host must name their partition: it did not');
  return {
    namespace: textOf(context['fullyQualifiedNamespace']),
    hub: textOf(context['eventHubName']) ?? hub,
    consumerGroup: textOf(context['consumerGroup']),
    partition,
    messages: bodies.map((body: unknown, index) => ({
      body: bytesOf(body),
      sequenceNumber: sequenceNumberAt(sequenceNumberArray, index),
      enqueuedMs: timeAt(enqueuedTimeUtcArray, index),
      partitionKey: textOf(elementAt(partitionKeyArray, index)),
    })),
  };
}

function bytesOf(body: unknown): Uint8Array {
  if (body instanceof Uint8Array) return body;
  if (typeof body === 'string') return Buffer.from(body);
  throw new Error('Cannot take messages: the host must pass bytes (dataType "binary"): it passed values');
}

function sequenceNumberAt(numbers: unknown, index: number): string {
  const number = textOf(elementAt(numbers, index));
  if (number !== undefined && /^\d{1,20}$/.test(number)) return number;
  throw new Error('Cannot take messages: the host must give each a sequence number: it did not');
}

/** .NET omits the zone of a UTC time. */
function timeAt(times: unknown, index: number): number | undefined {
  const text = textOf(elementAt(times, index));
  if (text === undefined) return undefined;
  const ms = Date.parse(/(?:Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`);
  return Number.isNaN(ms) ? undefined : ms;
}

function elementAt(list: unknown, index: number): unknown {
  return Array.isArray(list) ? list[index] : undefined;
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  // The protocol of the worker has 64-bit numbers in two halves.
  if (isRecord(value) && typeof value['low'] === 'number' && typeof value['high'] === 'number')
    return String(BigInt.asIntN(64, (BigInt(value['high']) << 32n) | BigInt(value['low'] >>> 0)));
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** .NET writes keys in upper case. The library changes only some of them to lower case. */
function withLowerCaseKeys(value: unknown): Readonly<Record<string, unknown>> {
  if (!isRecord(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([key, of]) => [key.charAt(0).toLowerCase() + key.slice(1), of]));
}
