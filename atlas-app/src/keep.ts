// Keeps an event in the outbox. If it is kept twice, the first entry stays.
import { tryOnce } from './deliver.ts';
import { byteLength, fieldsOf, listOf, type OutgoingEvent } from './event.ts';
import { faultWord, type Outcome } from './log.ts';
import { type EntryId, outboxCollection, removeParts } from './outbox.ts';
import type { Verdict } from './receipt.ts';
import { pause, within } from './runtime.ts';

export type Why =
  /** `failed` is true if a post failed just now. */
  | { readonly state: 'waiting'; readonly reason: string; readonly failed: boolean }
  /** `told` is the part of the reason that a log can have. */
  | { readonly state: 'refused'; readonly reason: string; readonly told: string };

/** A document has at most 16 MB. Its own change event must fit too, for triggers on the whole cluster. */
const partBytes = 12000000;
/** Includes the token. A token can be long, because it contains the document key. */
const documentBytes = 14000000;

/** Atlas ends a function after five minutes. Two tries to keep and two posts take much less. */
const keepMs = 60000;

/** If the outbox fails, posts the event once more. It is lost only if both fail. */
export async function keepOrDeliver(event: OutgoingEvent, why: Why): Promise<Outcome> {
  try {
    await keep(event, why);
    return why.state === 'refused' ? { outcome: 'refused', reason: why.told } : { outcome: 'kept', reason: why.reason };
  } catch (error) {
    const fault = `the outbox must be writable: ${faultWord(error)}`;
    const { verdict } = await tryOnce(event);
    if (verdict.kind === 'delivered') return { outcome: 'delivered', reason: fault };
    return { outcome: 'lost', reason: `${fault}; of the receiver: ${wordOf(verdict)}` };
  }
}

function wordOf(verdict: Exclude<Verdict, { kind: 'delivered' }>): string {
  if (verdict.kind === 'undelivered') return verdict.reason;
  return verdict.told === 'the outbox says why' ? 'it refuses the event' : verdict.told;
}

interface Part {
  readonly id: unknown;
  readonly text: string;
}

/** Resolves when the event is in the outbox. */
export async function keep(event: OutgoingEvent, why: Why): Promise<void> {
  const id: EntryId = event.token === undefined ? new BSON.ObjectId() : event.token;
  // Both tries use the same parts, because the entry of the first try can appear late.
  const parts = partsOf(event);
  const now = new Date();
  const entry = Object.assign(
    { _id: id, state: why.state, reason: why.reason, tries: 0, keptAt: now, dueAt: now },
    { bytes: byteLength(event.text), parts: parts.map((part) => part.id) },
    parts.length === 0 ? { text: event.text } : {},
    why.state === 'waiting' && why.failed ? { failedAt: now } : {},
  );
  try {
    const isFirst = await inTime(insertEntry(entry, parts));
    // The server has refused the entry with these parts, so nothing else names them.
    if (!isFirst) await removeParts(entry.parts);
  } catch (_passing) {
    // The election of a new primary takes seconds.
    await pause(2000);
    await inTime(insertEntry(entry, parts));
  }
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  const done = await within(
    keepMs,
    work.then((result) => ({ result })),
  );
  if (done === undefined) throw new Error('timed out');
  return done.result;
}

interface NewEntry extends Fields {
  readonly _id: EntryId;
  readonly keptAt: Date;
  readonly parts: readonly unknown[];
}

/** False if another entry was first and has the whole event. */
async function insertEntry(entry: NewEntry, parts: readonly Part[]): Promise<boolean> {
  // Parts come first, so that an entry never names missing parts.
  for (const { id, text } of parts) {
    const part = { entry: entry._id, keptAt: entry.keptAt, text };
    await outboxCollection('parts').updateOne({ _id: id }, { $set: part }, { upsert: true });
  }
  try {
    await outboxCollection('outbox').insertOne(entry);
    return true;
  } catch (error) {
    return await agreeWithFirst(entry, error);
  }
}

/**
 * The entry exists already: from another invocation, or from this one, and only the answer was lost. Without an entry,
 * the insert can still happen later. So the parts stay, and removeStrayParts removes them if no entry appears.
 */
async function agreeWithFirst({ _id, parts }: NewEntry, error: unknown): Promise<boolean> {
  const kept = await outboxCollection('outbox').findOne({ _id }, { parts: 1 });
  if (kept === null || kept === undefined) throw error;
  const named = listOf(kept['parts']);
  if (String(named) === String(parts)) return true;
  if (await areThere(named)) return !isDuplicate(error);
  await outboxCollection('outbox').updateOne({ _id }, { $set: { parts } });
  return true;
}

function isDuplicate(error: unknown): boolean {
  return Number(fieldsOf(error)['code']) === 11000 || /E11000/.test(String(error));
}

async function areThere(partIds: readonly unknown[]): Promise<boolean> {
  if (partIds.length === 0) return true;
  return (await outboxCollection('parts').count({ _id: { $in: partIds } })) === partIds.length;
}

/** Empty if the event and its token fit into one entry. */
function partsOf({ text, token }: OutgoingEvent): Part[] {
  const tokenBytes = token === undefined ? 0 : byteLength(token);
  const bytesOfText = byteLength(text);
  if (bytesOfText <= partBytes && bytesOfText + tokenBytes <= documentBytes) return [];
  // Each part also has the token, to name its entry.
  const most = Math.max(1000000, Math.min(partBytes, documentBytes - tokenBytes));
  const bytes = require('buffer').Buffer.from(text, 'utf8');
  const parts: Part[] = [];
  for (let start = 0; start < bytes.length; ) {
    let end = Math.min(start + most, bytes.length);
    while (isInsideCharacter(bytes[end])) end -= 1;
    parts.push({ id: new BSON.ObjectId(), text: bytes.slice(start, end).toString('utf8') });
    start = end;
  }
  return parts;
}

function isInsideCharacter(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x80 && byte < 0xc0;
}
