import { createHash } from 'node:crypto';

/** The same order for the same seed: sorted by a digest of seed and name. */
export function shuffled(names: readonly string[], seed: number): string[] {
  const digest = (name: string): string => createHash('sha256').update(`${seed} ${name}`).digest('hex');
  const keyed = names.map((name): [string, string] => [digest(name), name]);
  return keyed.sort(([one], [other]) => (one < other ? -1 : 1)).map(([, name]) => name);
}
