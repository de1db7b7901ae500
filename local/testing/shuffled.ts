import { createHash } from 'node:crypto';

/** Sorts by a digest of seed and name, so the same seed gives the same order. */
export function shuffled(names: readonly string[], seed: number): string[] {
  const digest = (name: string): string => createHash('sha256').update(`${seed} ${name}`).digest('hex');
  const keyed = names.map((name): [string, string] => [digest(name), name]);
  return keyed.sort(([one], [other]) => (one < other ? -1 : 1)).map(([, name]) => name);
}
