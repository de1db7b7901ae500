// Reads the partitions of a consumer group.
// https://learn.microsoft.com/rest/api/eventhub/list-partition-runtime-metadata
import type { HubAddress } from './hub-address.ts';
import { type Answered, ask, type HubReach, hubAuthorization } from './hub-reach.ts';

export interface Partition {
  readonly id: string;
  /** The first message that the hub still has. */
  readonly begin: bigint;
  /** The newest message. Lower than `begin` if the partition is empty. */
  readonly end: bigint;
}

export type FoundPartitions =
  | { readonly kind: 'partitions'; readonly partitions: readonly Partition[] }
  | { readonly kind: 'answered'; readonly status: number };

export async function readPartitions(address: HubAddress, reach: HubReach): Promise<FoundPartitions> {
  const authorization = await hubAuthorization(address, reach);
  const names = [address.hub, 'consumergroups', address.consumerGroup, 'partitions'].map(encodeURIComponent);
  const url = `${reach.hubOrigin(address.host)}/${names.join('/')}`;
  const list = await ask(`${url}?api-version=2014-01`, authorization);
  const ids = entriesIn(list).flatMap((entry) => elementIn(entry, 'title') ?? []);
  if (list.status !== 200 || ids.length === 0) return { kind: 'answered', status: list.status };
  const partitions: Partition[] = [];
  for (const id of ids) {
    const one = await ask(`${url}/${encodeURIComponent(id)}?api-version=2014-01`, authorization);
    const [begin, end] = ['BeginSequenceNumber', 'EndSequenceNumber'].map((name) => numberIn(one.text, name));
    if (one.status !== 200 || begin === undefined || end === undefined) return { kind: 'answered', status: one.status };
    partitions.push({ id, begin, end });
  }
  return { kind: 'partitions', partitions: partitions.toSorted((one, other) => Number(one.id) - Number(other.id)) };
}

/** Azure answers with an Atom feed of a few known elements, which are never nested. */
function entriesIn({ text }: Answered): readonly string[] {
  return [...text.matchAll(/<entry[\s>].*?<\/entry>/gs)].map(([entry]) => entry);
}

function elementIn(xml: string, name: string): string | undefined {
  return new RegExp(`<${name}(?:\\s[^>]*)?>([^<]*)</${name}>`).exec(xml)?.[1]?.trim();
}

function numberIn(xml: string, name: string): bigint | undefined {
  const text = elementIn(xml, name) ?? '';
  return /^-?\d{1,19}$/.test(text) ? BigInt(text) : undefined;
}
