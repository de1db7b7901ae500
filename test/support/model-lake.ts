// The expected lake, from docs/lake.md and the `bson` package, and the real lake. It shares no code with the writer.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { EJSON } from 'bson';
import { asAtlasPasses } from './atlas.ts';
import type { EventFields } from './change-events.ts';
import type { ModelCluster } from './model-cluster.ts';
import type { Collection } from './model-plan.ts';

export type LakeFiles = 'event' | 'batch';

export interface LakeFile {
  readonly path: string;
  readonly text: string;
  readonly lines: readonly string[];
}

/** Every finished file. A killed receiver leaves unfinished ones in a folder that readers skip. */
export function filesOf(folder: string): LakeFile[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .filter((path) => !/^\.staging\/[^/]+\.tmp$/.test(path))
    .map((path) => fileAt(folder, path));
}

export function fileAt(folder: string, path: string): LakeFile {
  const text = readFileSync(join(folder, path), 'utf8');
  return { path, text, lines: text.split('\n').slice(0, -1) };
}

/** The line of an event, as it was sent. */
export function lineOf(event: EventFields): string {
  const { operationType, documentKey, ns, fullDocument = null, fullDocumentBeforeChange = null } = relaxed(event);
  const { _id, clusterTime, ...fields } = relaxed(event);
  const others = Object.entries(fields).filter(([name]) => !named.includes(name));
  const data = operationType === 'delete' ? fullDocumentBeforeChange : fullDocument;
  const at = `${new Date(timeOf(event).t * 1000).toISOString()}`;
  const sequence = tokenIn(event);
  return JSON.stringify({
    operationType,
    data,
    documentKey,
    ns,
    clusterTime: at,
    sequence,
    ...Object.fromEntries(others),
  });
}

const named = ['operationType', 'documentKey', 'ns', 'fullDocument', 'fullDocumentBeforeChange'];

/** The file of these events, in stream order. */
export function pathOf(events: readonly EventFields[], lakeFiles: LakeFiles): string {
  const [event = {}] = events;
  const { t, i } = timeOf(event);
  const { db, coll } = Object(event['ns']);
  const [day, hour] = new Date(t * 1000).toISOString().split(/T|:/);
  const [year, month, date] = String(day).split('-');
  const folder = `${db}/${coll}/year=${year}/month=${month}/day=${date}/hour=${hour}`;
  const time = `${String(t).padStart(10, '0')}-${String(i).padStart(10, '0')}`;
  const tokens = events.map(tokenIn);
  if (lakeFiles === 'batch') return `${folder}/change-${time}-${events.length}-${digestOf([db, coll, tokens])}.jsonl`;
  const id = documentIdOf(event);
  return `${folder}/change-${time}-${id === undefined ? '' : `${id}-`}${digestOf([db, coll, tokens[0]])}.json`;
}

/** The latest state by `sequence`, by the rules of docs/lake.md: `data` by the text of its key. */
export function latestState(envelopes: readonly Record<string, unknown>[], coll: string): Map<string, unknown> {
  const latest = new Map<string, unknown>();
  const changes = envelopes.filter(({ ns }) => Object(ns).coll === coll);
  for (const change of changes.toSorted((one, other) =>
    String(one['sequence']) < String(other['sequence']) ? -1 : 1,
  )) {
    const { operationType, documentKey, data } = change;
    if (operationType === 'drop' || operationType === 'rename') latest.clear();
    else if (operationType === 'delete') latest.delete(JSON.stringify(documentKey));
    else latest.set(JSON.stringify(documentKey), data);
  }
  return latest;
}

/** The same for the existing documents. */
export function modelState(cluster: ModelCluster, coll: Collection): Map<string, unknown> {
  const documents = [...cluster.documents(coll).values()].map(relaxed);
  return new Map(documents.map((document) => [JSON.stringify({ _id: document['_id'] }), document]));
}

export function tokenIn(event: EventFields): string {
  return String(Object(event['_id'])._data);
}

export function sequenceIn(line: string): string {
  return /"sequence":"(\w+)"/.exec(line)?.[1] ?? assert.fail(`there is no sequence in ${line}`);
}

function relaxed(fields: EventFields): Record<string, unknown> {
  return JSON.parse(EJSON.stringify(asAtlasPasses(fields), { relaxed: true }));
}

function timeOf(event: EventFields): { readonly t: number; readonly i: number } {
  const { t, i } = Object(Object(event['clusterTime']).$timestamp);
  return { t: Number(t), i: Number(i) };
}

function documentIdOf(event: EventFields): string | undefined {
  const { _id } = Object(event['documentKey']);
  if (_id.$oid !== undefined) return String(_id.$oid);
  if (_id.$binary === undefined) return undefined;
  const hex = Buffer.from(String(_id.$binary.base64), 'base64').toString('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

function digestOf(named: unknown): string {
  return createHash('sha256').update(JSON.stringify(named)).digest('hex').slice(0, 16);
}
