// Reads the options of `npm run load` and `npm run verify`, or names every problem at once.
import { accessSync, constants, statSync } from 'node:fs';
import { namespaceIn } from '../atlas-configure/namespace-rules.ts';
import { findUrlProblem } from '../atlas-configure/receiver-url.ts';
import { reasonOf } from '../command.ts';
import { dumpFormatOf } from '../dump/dump-format.ts';
import { archiveAdvice } from '../dump/file-beginning.ts';
import type { Dump } from './load-dump.ts';

export interface Namespace {
  readonly database: string;
  readonly collection: string;
}

/** `T0` in whole seconds. A load from the future would hide what happens until then. */
export function readTime(text: string | undefined, now: Date): number | string {
  const requirement = '--at must be the start time of the dump, in ISO 8601 with a zone, such as 2026-11-20T10:00:00Z';
  if (text === undefined) return `${requirement}: it is missing`;
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)$/i.test(text))
    return `${requirement}: it is ${JSON.stringify(text)}`;
  const ms = Date.parse(text);
  if (Number.isNaN(ms) || ms < 0 || !isOnCalendar(text.slice(0, 10)))
    return `${requirement}: it is ${JSON.stringify(text)}`;
  if (ms > now.getTime()) return `--at must not be in the future: it is ${JSON.stringify(text)}`;
  return Math.floor(ms / 1000);
}

/** `Date` reads 30 February as 2 March. */
function isOnCalendar(day: string): boolean {
  return new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);
}

export function readNamespace(text: string | undefined): Namespace | string {
  return text === undefined
    ? '--namespace must be <database>.<collection>: it is missing'
    : namespaceIn('--namespace', text);
}

/** Field names with commas between. An empty name would be left out, and the keys of the load would be wrong. */
export function readShardKey(text: string | undefined): readonly string[] | string {
  const fields = text === undefined ? [] : text.split(',').map((field) => field.trim());
  if (!fields.includes('')) return fields;
  return `--shard-key must be field names with commas between, such as region,customer: it is ${JSON.stringify(text)}`;
}

/** Returns a text for each problem. */
export function readDumps(files: readonly string[]): (Dump | string)[] {
  if (files.length === 0) return ['--file must name what mongoexport or mongodump has written: it is missing'];
  return files.map((file) => {
    const format = dumpFormatOf(file);
    if (format === undefined) {
      const advice = /\.archive(?:\.gz)?$/i.test(file) ? `. For mongodump, ${archiveAdvice}` : '';
      return `--file must end in .json, .jsonl, .ndjson or .bson, with or without .gz: it is ${JSON.stringify(file)}${advice}`;
    }
    return problemWithFile('--file', file) ?? { file, format };
  });
}

export function problemWithFile(option: string, file: string): string | undefined {
  try {
    accessSync(file, constants.R_OK);
    const found = statSync(file);
    if (found.isFile()) return undefined;
    // It is read more than once, so a pipe will not do.
    const kind = found.isDirectory() ? 'a folder' : 'a pipe or a device';
    return `${option} must be a file: ${JSON.stringify(file)} is ${kind}`;
  } catch (error) {
    return `${option} must be a file that can be read: ${JSON.stringify(file)}: ${reasonOf(error)}`;
  }
}

/** The whole address of a receiver. Plain http:// would show documents and keys to the network. */
export function readUrl(text: string | undefined): URL | string | undefined {
  if (text === undefined) return undefined;
  const url = URL.parse(text);
  const broken = findUrlProblem(text);
  if (url !== null && broken === undefined) return url;
  return `--url must be ${broken?.requirement ?? 'an address'}: ${broken?.found ?? 'it has another form'}`;
}

export function bytesOf(dumps: readonly Pick<Dump, 'file'>[]): number {
  return dumps.reduce((bytes, { file }) => bytes + statSync(file).size, 0);
}
