// Keeps an event in the outbox. Keeping it twice keeps it once: the first keeping stays.
import { tryOnce } from './deliver.ts';
import { byteLength, type OutgoingEvent } from './event.ts';
import { fieldsOf, listOf } from './fields.ts';
import { faultWord, type Outcome } from './log.ts';
import { type EntryId, outboxCollection, removeParts } from './outbox.ts';
import type { Verdict } from './receipt.ts';
import { pause, within } from './time.ts';

export type Why =
  /** `failed`: a try at the receiver failed just now. */
  | { readonly state: 'waiting'; readonly reason: string; readonly failed: boolean }
  /** `told` is as much of the reason as a log may have. */
  | { readonly state: 'refused'; readonly reason: string; readonly told: string };

/** A document has at most 16 MB, and its change must fit into an event for those who watch the whole cluster. */
const partBytes = 12000000;
/** With the token. It can be long, because it contains the key of the document. */
const documentBytes = 14000000;

/** Twice this and the tries at the receiver are far from five minutes, when Atlas ends the function. */
const keepMs = 60000;

/** The event is lost: the outbox and the receiver did not take it. */
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

/** Returns when the event is in the outbox. */
export async function keep(event: OutgoingEvent, why: Why): Promise<void> {
  const id: EntryId = event.token === undefined ? new BSON.ObjectId() : event.token;
  // Both tries use the same parts: the entry of the first may appear late.
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
    // Nothing else can name these parts: the server has refused the only entry that does.
    if (!isFirst) await removeParts(entry.parts);
  } catch (_passing) {
    // An election of a new primary takes seconds. After this there is no other place.
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

/** With the fields that only others read. */
interface NewEntry extends Fields {
  readonly _id: EntryId;
  readonly keptAt: Date;
  readonly parts: readonly unknown[];
}

/** False when another keeping was first and its entry leads to the whole event. */
async function insertEntry(entry: NewEntry, parts: readonly Part[]): Promise<boolean> {
  // Parts first: an entry never names parts that are not there.
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
 * The event is kept already: by another keeping, or by this one, and only the answer was lost. When there is no entry, the
 * insert may still happen later. So its parts stay, and removeStrayParts looks after them.
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

/** None when the event fits into its entry. The entry has the token too. */
function partsOf({ text, token }: OutgoingEvent): Part[] {
  const tokenBytes = token === undefined ? 0 : byteLength(token);
  const bytesOfText = byteLength(text);
  if (bytesOfText <= partBytes && bytesOfText + tokenBytes <= documentBytes) return [];
  // Each part carries the token too: it names its entry.
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
