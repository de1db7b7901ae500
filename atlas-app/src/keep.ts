import { byteLength } from './byte-length.ts';
import { outboxCollection } from './outbox.ts';
import { removeParts } from './parts.ts';
import { pause } from './pause.ts';
import type { EntryId, OutgoingEvent } from './types.ts';
import { within } from './within.ts';

export interface Why {
  readonly state: 'waiting' | 'refused';
  readonly reason: string;
  /** Whether a try at the receiver failed, just now. */
  readonly failed: boolean;
}

/** A document has at most 16 MB, and the change of this one must fit into an event for those who watch the whole cluster. */
const partBytes = 12000000;

/** Twice as long, with the tries at the receiver, is far from the five minutes after which Atlas ends the function. */
const keepMs = 60000;

/** Returns when the event is in the outbox. Keeping it twice keeps it once: the first keeping stays. */
export async function keep(event: OutgoingEvent, why: Why): Promise<void> {
  try {
    await keepInTime(event, why);
  } catch (_passing) {
    // An election of a new primary takes seconds; after this there is no other place.
    await pause(2000);
    await keepInTime(event, why);
  }
}

async function keepInTime(event: OutgoingEvent, why: Why): Promise<void> {
  const isKept = await within(
    keepMs,
    insertEntry(event, why).then(() => true),
  );
  if (isKept === undefined) throw new Error('timed out');
}

async function insertEntry(event: OutgoingEvent, { state, reason, failed }: Why): Promise<void> {
  const now = new Date();
  const _id: EntryId = event.token === undefined ? new BSON.ObjectId() : event.token;
  const pieces = cutText(event.text);
  const whole = pieces.length === 1;
  // Parts first: an entry never names parts that are not there. Their names are of this keeping alone.
  const parts = whole ? [] : await insertParts(pieces, now);
  const entry = Object.assign(
    { _id, state, reason, tries: 0, keptAt: now, dueAt: now, bytes: byteLength(event.text), parts },
    whole ? { text: event.text } : {},
    failed ? { failedAt: now } : {},
  );
  try {
    await outboxCollection('outbox').insertOne(entry);
  } catch (error) {
    // Kept before, by another keeping or by this one, whose answer was lost.
    const kept = await outboxCollection('outbox').findOne({ _id }, { parts: 1 });
    if (kept === null || kept === undefined || String(kept['parts']) !== String(parts)) await removeParts(parts);
    if (kept === null || kept === undefined) throw error;
  }
}

async function insertParts(pieces: readonly string[], keptAt: Date): Promise<unknown[]> {
  const ids: unknown[] = [];
  for (const text of pieces) {
    const _id = new BSON.ObjectId();
    await outboxCollection('parts').insertOne({ _id, keptAt, text });
    ids.push(_id);
  }
  return ids;
}

/** Between characters, never inside of one. */
function cutText(text: string): string[] {
  if (byteLength(text) <= partBytes) return [text];
  const bytes = require('buffer').Buffer.from(text, 'utf8');
  const pieces: string[] = [];
  for (let start = 0; start < bytes.length; ) {
    let end = Math.min(start + partBytes, bytes.length);
    while (isInsideCharacter(bytes[end])) end -= 1;
    pieces.push(bytes.slice(start, end).toString('utf8'));
    start = end;
  }
  return pieces;
}

function isInsideCharacter(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x80 && byte < 0xc0;
}
