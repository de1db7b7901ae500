// Fills an outbox like a long outage, without an invocation for each event.
import { EJSON, ObjectId } from 'bson';
import { collectionOperations } from '../../local/atlas/atlas-collection.ts';
import { type Atlas, asAtlasPasses } from './atlas.ts';
import { changeEvents, type EventFields, eventSeconds, tokenOf, withField } from './change-events.ts';
import type { NearbyReceiver } from './nearby-receiver.ts';
import { type TimelessAtlas, timelessAtlas } from './timeless-atlas.ts';

/** Inserts, numbered in the order of their stream. */
export function eventsFrom(first: number, count: number): EventFields[] {
  return Array.from({ length: count }, (_, index) => eventAt(first + index));
}

export function eventAt(number: number): EventFields {
  const numbered = withField(changeEvents.insert, '_id', { _data: tokenOf(number) });
  return withField(numbered, 'clusterTime', { $timestamp: { t: eventSeconds, i: number } });
}

/** An Atlas that keeps the first events of the stream. */
export async function atlasThatKeeps(count: number, values: Record<string, unknown> = {}): Promise<TimelessAtlas> {
  const atlas = timelessAtlas(values);
  await keepEntries(atlas, eventsFrom(1, count));
  return atlas;
}

/** Their ids. */
export function numbersOf(events: readonly unknown[]): number[] {
  return events.map((event) => numberIn(/"_data":"(\w+)"/.exec(JSON.stringify(event))?.[1]));
}

/** The events of each request. */
export function sentBy({ receiver }: { readonly receiver: NearbyReceiver }): number[][] {
  return receiver.told.map(({ events }) => numbersOf(events));
}

export function waitingIn(atlas: Atlas): number[] {
  return numbersInState(atlas, 'waiting');
}

export function refusedIn(atlas: Atlas): number[] {
  return numbersInState(atlas, 'refused');
}

/** In canonical text, like the functions. */
export function textOfEvent(event: EventFields): string {
  const given = JSON.stringify(event);
  const text = texts.get(given) ?? EJSON.stringify(asAtlasPasses(event), { relaxed: false });
  if (text.length < 2_000) texts.set(given, text);
  return text;
}

/** Many tests keep the same thousands of events. */
const texts = new Map<string, string>();

/** In the form of `bufferChangeEvent`. */
export async function keepEntries(
  atlas: Atlas,
  events: readonly EventFields[],
  changed: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  for (const event of events) {
    const text = textOfEvent(event);
    await outboxOf(atlas, 'outbox').insertOne({ ...entryOf(atlas, text), parts: [], text, ...changed });
  }
}

/** In parts, like an event of more than 12 MB, but small. */
export async function keepInParts(atlas: Atlas, event: EventFields, pieces = 3): Promise<void> {
  const text = textOfEvent(event);
  const length = Math.ceil(text.length / pieces);
  const parts = Array.from({ length: pieces }, () => new ObjectId());
  for (const [index, _id] of parts.entries())
    await keepPart(atlas, text.slice(index * length, (index + 1) * length), _id);
  await outboxOf(atlas, 'outbox').insertOne({ ...entryOf(atlas, text), parts });
}

export async function keepPart(atlas: Atlas, text: string, _id = new ObjectId()): Promise<void> {
  await outboxOf(atlas, 'parts').insertOne({ _id, keptAt: new Date(atlas.clock.now()), text });
}

export function outboxOf(atlas: Atlas, name: 'outbox' | 'parts' | 'marks') {
  return collectionOperations(atlas.database.collection('atlas_lake_sync', name).run);
}

function entryOf(atlas: Atlas, text: string) {
  const now = new Date(atlas.clock.now());
  const [, token] = /"_id":\{"_data":"(\w+)"/.exec(text) ?? [];
  const reason = 'buffered';
  const bytes = Buffer.byteLength(text);
  return { _id: token ?? new ObjectId(), state: 'waiting', reason, tries: 0, keptAt: now, dueAt: now, bytes };
}

function numbersInState(atlas: Atlas, wanted: string): number[] {
  const entries = atlas.outbox().filter(({ state }) => state === wanted);
  return entries.map(({ _id }) => numberIn(String(_id))).toSorted((one, other) => one - other);
}

function numberIn(token: string | undefined): number {
  return Number.parseInt(token?.slice(10, 18) ?? '', 16);
}
