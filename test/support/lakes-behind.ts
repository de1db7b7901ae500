// The lake behind a test's receiver: in memory, or in a folder with the real steps of a delivery. In both, the first
// delivery of an event wins.
import { receive } from '../../shared/http/receive.ts';
import { toResponse } from '../../shared/http/response.ts';
import { deliveryOf, receiverWith, secret, signatureIn } from './deliveries.ts';
import { failing, type TemporaryLake } from './lakes.ts';
import { numbersOf } from './outbox-entries.ts';
import { type Reply, receiptOf, type Told } from './scripted-receiver.ts';

/** The planned outcome of an event, by its number. Undefined: it is stored. */
export type Plan = (number: number) => 'failed' | 'refused' | undefined;

export interface LakeBehind {
  /** The numbers of the events that are durable. */
  readonly stored: ReadonlySet<number>;
  readonly take: (told: Told, plan?: Plan) => Promise<Reply>;
  /** The stored JSON texts by number, and the expected text for an event. */
  readonly texts: () => Promise<ReadonlyMap<number, string>>;
  readonly textFor: (event: object) => string;
}

export function memoryLake(): LakeBehind {
  const texts = new Map<number, string>();
  const outcomeOf = (event: unknown, number: number, plan: Plan): string => {
    const planned = plan(number) ?? (texts.has(number) ? 'alreadyStored' : 'stored');
    if (planned === 'stored') texts.set(number, JSON.stringify(event));
    return planned;
  };
  return {
    get stored() {
      return new Set(texts.keys());
    },
    take: async ({ events }, plan = () => undefined) => {
      const numbers = numbersOf(events);
      return receiptOf(events.map((event, index) => outcomeOf(event, numbers[index] ?? NaN, plan)));
    },
    texts: async () => texts,
    textFor: (event) => JSON.stringify(event),
  };
}

/** Never refuses an event by plan. The receiver refuses it by itself. */
export function folderBehind(lake: TemporaryLake): LakeBehind {
  const stored = new Set<number>();
  return {
    stored,
    take: async ({ headers, body, events, atMs }, plan = () => undefined) => {
      const isToFail = (path: string) => plan(Number(/-\d{10}-(\d{10})-/.exec(path)?.[1])) === 'failed';
      const unreliable = failing(lake, (path) => (isToFail(path) ? new Error('Cannot reach the lake') : undefined));
      const receiver = receiverWith(unreliable, { SIGNING_SECRETS: secret, DOCUMENT_FORMAT: 'canonical' });
      const receipt = await receive(deliveryOf(body, { signature: signatureIn(headers) }), receiver, new Date(atMs));
      const outcomes = receipt.kind === 'received' ? receipt.events : [];
      for (const [index, number] of numbersOf(events).entries())
        if (outcomes[index]?.outcome.endsWith('tored')) stored.add(number);
      return toResponse(receipt, receiver.settings);
    },
    texts: async () => {
      const lines = [...(await lake.files()).values()].map((line): Record<string, unknown> => JSON.parse(line));
      const numbers = numbersOf(lines.map(({ sequence }) => ({ _data: sequence })));
      return new Map(lines.map(({ data }, index) => [numbers[index] ?? NaN, JSON.stringify(data)] as const));
    },
    textFor: (event) => {
      const { fullDocument, fullDocumentBeforeChange = null }: Record<string, unknown> = { ...event };
      return JSON.stringify(fullDocument ?? fullDocumentBeforeChange);
    },
  };
}
