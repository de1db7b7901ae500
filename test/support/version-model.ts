// The expected rows of `latest` and `history`, computed event by event, as a person would.

import type { Told } from './lake-story.ts';
import { type Random, randomFrom } from './seeded-random.ts';

export interface ModelVersion {
  readonly key: number;
  /** Null: an insert or a replace without a document. */
  readonly value: number | null;
  readonly from: number;
  readonly to: number | null;
}

/** A random story of one collection, in stream order. */
export function randomStory(seed: number, db: string, coll: string, events: number): Told[] {
  const random = randomFrom(seed);
  let second = 0;
  return Array.from({ length: events }, (_, index) => {
    second += random.below(3);
    return { db, coll, second, increment: index, ...randomChange(random, index) };
  });
}

function randomChange(random: Random, value: number): Pick<Told, 'operationType' | 'id' | 'fields'> {
  const id = random.below(4);
  const roll = random.below(100);
  if (roll < 4) return { operationType: random.below(2) === 0 ? 'drop' : 'rename' };
  if (roll < 20) return { operationType: 'delete', id, ...(random.below(2) === 0 ? {} : { fields: { value: -1 } }) };
  if (roll < 36) return { operationType: 'update', id, fields: null };
  if (roll < 40) return { operationType: random.below(2) === 0 ? 'insert' : 'replace', id, fields: null };
  const operationType = random.below(3) === 0 ? 'insert' : random.below(2) === 0 ? 'replace' : 'update';
  return { operationType, id, fields: { value } };
}

/** Every version. Versions without an end are the latest state. */
export function modelVersions(story: readonly Told[]): ModelVersion[] {
  const open = new Map<number, { value: number | null; from: number }>();
  const closed: ModelVersion[] = [];
  const end = (key: number, to: number): void => {
    const version = open.get(key);
    if (version !== undefined) closed.push({ key, ...version, to });
    open.delete(key);
  };
  for (const { operationType, id, fields, second } of story) {
    if (operationType === 'drop' || operationType === 'rename') for (const key of [...open.keys()]) end(key, second);
    else if (operationType === 'delete') end(Number(id), second);
    else if (operationType !== 'update' || (fields !== null && fields !== undefined)) {
      end(Number(id), second);
      open.set(Number(id), { value: typeof fields?.['value'] === 'number' ? fields['value'] : null, from: second });
    }
  }
  return [...closed, ...[...open].map(([key, version]) => ({ key, ...version, to: null }))];
}
