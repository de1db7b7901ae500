// ~refused keeps poison events. No name of a database encodes to this folder (shared/lake/path-name.ts).

import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { isRecord } from '../json/record.ts';
import { pathName } from '../lake/path-name.ts';
import type { HubMessage, Invocation } from './invocation.ts';

export const refusedFolder = '~refused';

export interface RefusedFile {
  readonly path: string;
  readonly content: Uint8Array;
}

/**
 * The path has only hub, partition and sequence number, so that a redelivery finds the same file. With redaction,
 * `withBody` is false: a hash replaces the body, because the fields to redact are unknown. The partition key is left
 * out too, because it can be a document key.
 */
export function refusedFile(
  { namespace, hub, consumerGroup, partition }: Invocation,
  { body, sequenceNumber, enqueuedMs, partitionKey }: HubMessage,
  reason: string,
  { directory, withBody }: { readonly directory: string; readonly withBody: boolean },
): RefusedFile {
  const path = [directory, refusedFolder, pathName(hub), pathName(partition), `${sequenceNumber}.refused`];
  const content = {
    reason,
    namespace,
    hub,
    consumerGroup,
    partition,
    sequenceNumber,
    enqueuedTime: enqueuedMs === undefined ? undefined : new Date(enqueuedMs).toISOString(),
    partitionKey: withBody ? partitionKey : undefined,
    bytes: body.length,
    sha256: createHash('sha256').update(body).digest('hex'),
    ...(withBody ? bodyOf(body) : {}),
  };
  return {
    path: path.filter((part) => part !== '').join('/'),
    content: Buffer.from(`${JSON.stringify(content)}\n`),
  };
}

function bodyOf(body: Uint8Array): { body: string } | { bodyBase64: string } {
  const buffer = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  return isUtf8(buffer) ? { body: buffer.toString() } : { bodyBase64: buffer.toString('base64') };
}

export interface RefusedMessage {
  readonly reason: string;
  readonly hub: string;
  readonly partition: string;
  readonly sequenceNumber: string;
  /** Undefined with redaction. The hub can still have the message. */
  readonly body: Uint8Array | undefined;
}

/** Undefined for another file. */
export function readRefusedFile(content: Uint8Array): RefusedMessage | undefined {
  const file = parsed(content);
  if (!isRecord(file)) return undefined;
  const { reason, hub, partition, sequenceNumber, body, bodyBase64 } = file;
  if (typeof reason !== 'string' || typeof hub !== 'string') return undefined;
  if (typeof partition !== 'string' || typeof sequenceNumber !== 'string') return undefined;
  if (typeof body === 'string') return { reason, hub, partition, sequenceNumber, body: Buffer.from(body) };
  const bytes = typeof bodyBase64 === 'string' ? Buffer.from(bodyBase64, 'base64') : undefined;
  return { reason, hub, partition, sequenceNumber, body: bytes };
}

function parsed(content: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(content).toString());
  } catch {
    // A file of another program. The list of the folder shows it as unreadable.
    return undefined;
  }
}
