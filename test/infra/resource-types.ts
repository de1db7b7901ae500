// The properties in the published API of each resource type, from draw-up-resource-types.ts.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../local/paths.ts';
import { isRecord } from '../../shared/json/record.ts';

/**
 * A kind of value, the allowed words, or properties by name. Two names are special: `[]` is an element of a list, and
 * `*` is any name.
 */
export type TypeFacts = 'string' | 'number' | 'boolean' | 'any' | readonly string[] | TypeProperties;

export interface TypeProperties {
  readonly [name: string]: TypeFacts;
}

export const listMark = '[]';
export const anyNameMark = '*';

export function resourceTypes(): ReadonlyMap<string, TypeFacts> {
  const lines = readFileSync(join(root, 'test/fixtures/arm/resource-types.jsonl'), 'utf8').trim().split('\n');
  return new Map(lines.map((line) => readType(JSON.parse(line))));
}

function readType(line: unknown): [string, TypeFacts] {
  if (!isRecord(line) || typeof line['type'] !== 'string')
    throw new Error('Cannot read a resource type: it has no name');
  return [line['type'], readFacts(line['takes'])];
}

function readFacts(facts: unknown): TypeFacts {
  if (facts === 'string' || facts === 'number' || facts === 'boolean' || facts === 'any') return facts;
  if (Array.isArray(facts)) return facts.map(String);
  if (isRecord(facts))
    return Object.fromEntries(Object.entries(facts).map(([name, of]): [string, TypeFacts] => [name, readFacts(of)]));
  throw new Error('Cannot read a resource type: its facts are of another form');
}
