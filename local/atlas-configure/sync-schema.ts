// Checks lake-sync.json by atlas-app/lake-sync.schema.json, and words the problems for a person.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type AnySchemaObject, type ErrorObject, type ValidateFunction } from 'ajv';
import { isRecord } from '../../shared/json/record.ts';
import { root } from '../paths.ts';
import type { LakeSync, Watched } from './lake-sync.ts';

/** The file with its defaults. */
export interface SyncFile extends Omit<LakeSync, 'region' | 'watch'> {
  readonly $schema?: string;
  readonly region: Omit<LakeSync['region'], 'location'>;
  readonly watch: readonly WatchEntry[];
}

export interface WatchEntry extends Omit<Watched, 'database' | 'collection' | 'preImages'> {
  readonly database?: string;
  readonly collection?: string;
  readonly preImages?: boolean;
}

const schema: AnySchemaObject = JSON.parse(readFileSync(join(root, 'atlas-app/lake-sync.schema.json'), 'utf8'));

// Editors show an errorMessage too. `strictTypes: false`: the schema has types of members once, not again in each
// condition.
const ajv = new Ajv({
  allErrors: true,
  verbose: true,
  useDefaults: true,
  strictTypes: false,
  keywords: ['errorMessage'],
});
ajv.addSchema(schema, 'lake-sync');

/** Both validators fill in the defaults. */
export const isSyncFile: ValidateFunction<SyncFile> = ajv.compile({ $ref: 'lake-sync#' });
export const isWatchEntry: ValidateFunction<WatchEntry> = ajv.compile({ $ref: 'lake-sync#/properties/watch/items' });

export function schemaProblems(value: unknown): readonly string[] {
  if (isSyncFile(value)) return [];
  const problems = new Map<string, string>();
  for (const error of isSyncFile.errors ?? []) {
    const [subject, problem] = problemOf(error) ?? [];
    if (subject !== undefined && problem !== undefined && !problems.has(subject)) problems.set(subject, problem);
  }
  return [...problems.values()];
}

type Problem = readonly [subject: string, problem: string];

function problemOf(error: ErrorObject): Problem | undefined {
  const { keyword, instancePath, parentSchema = {}, data } = error;
  const path = pathOf(instancePath);
  // A failed condition has its own error. A failed choice is one error for all its branches.
  if (keyword === 'if' || error.schemaPath.includes('/oneOf/')) return undefined;
  if (keyword === 'additionalProperties') return unknownMembers(path, parentSchema, data);
  if (keyword === 'oneOf') return isRecord(data) ? neitherOrBoth(path, data) : undefined;
  if (keyword === 'required') {
    const missing = String(error.params['missingProperty']);
    const member = pathOf(`${instancePath}/${missing}`);
    const { errorMessage } = parentSchema['properties'][missing];
    return [member, `${JSON.stringify(member)} ${errorMessage}: it is missing`];
  }
  return [path, `${JSON.stringify(path)} ${requirementOf(error)}: ${foundIn(path, data)}`];
}

function requirementOf({ keyword, params, parentSchema = {} }: ErrorObject): string {
  const given: unknown = parentSchema['errorMessage'];
  if (typeof given === 'string') return given;
  if (keyword !== 'enum')
    return params['type'] === 'boolean'
      ? 'must be true or false'
      : `must be a ${params['type'] === 'string' ? 'text' : params['type']}`;
  const allowed: readonly string[] = params['allowedValues'];
  return `must be ${allowed.length > 2 ? `one of ${allowed.join(', ')}` : allowed.map(quoted).join(' or ')}`;
}

function unknownMembers(path: string, { properties }: AnySchemaObject, data: unknown): Problem {
  const known = Object.keys(properties);
  const unknown = Object.keys(isRecord(data) ? data : {}).filter((name) => !known.includes(name));
  const holder = path === '' ? 'lake-sync.json' : JSON.stringify(path);
  const allowed = known.filter((name) => name !== '$schema').map(quoted);
  return [
    `members of ${path}`,
    `${holder} must have no members but ${allowed.join(', ')}: it has ${unknown.map(quoted).join(', ')}`,
  ];
}

function neitherOrBoth(path: string, entry: Readonly<Record<string, unknown>>): Problem {
  const found = 'collection' in entry ? 'both' : 'neither';
  return [path, `${JSON.stringify(path)} must have either "collection" or "database": it has ${found}`];
}

/** `/watch/0/ordered` is `watch[0].ordered`. */
function pathOf(pointer: string): string {
  return pointer
    .replace(/\/(\d+)/g, '[$1]')
    .replaceAll('/', '.')
    .replace(/^\./, '');
}

/** Never shows the receiver's address, an object or a list, because they can contain a key. */
export function foundIn(path: string, value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'it is []' : 'it is a list';
  if (isRecord(value)) return 'it is an object';
  if (path === 'receiverUrl') return value === '' ? 'it is ""' : 'it is something else';
  const text = JSON.stringify(value);
  return `it is ${text.length <= 120 ? text : `${text.slice(0, 120)}…`}`;
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
