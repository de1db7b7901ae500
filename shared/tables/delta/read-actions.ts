// Reads the actions of a Delta log, from JSON lines and from rows of a checkpoint alike.
import { isRecord, textIn } from '../../json/record.ts';
import type { Action, AddFile, MetaData, Protocol, RemoveFile, Txn } from './actions.ts';

/** The actions of one log entry: one on each line. */
export function readLogEntry(content: Uint8Array): Action[] {
  const lines = Buffer.from(content).toString('utf8').split('\n');
  return lines.filter((line) => line.trim() !== '').flatMap((line) => actionsOf(parsed(line)));
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new Error('Cannot read a table: each line of its log must be JSON: one is not', { cause });
  }
}

/** Other actions, such as `cdc`, come only with protocols that we refuse. */
export function actionsOf(row: unknown): Action[] {
  const fields = record(row);
  const actions: Action[] = [];
  if (isRecord(fields['add'])) actions.push({ kind: 'add', add: addOf(fields['add']) });
  if (isRecord(fields['remove'])) actions.push({ kind: 'remove', remove: removeOf(fields['remove']) });
  if (isRecord(fields['metaData'])) actions.push({ kind: 'metaData', metaData: metaDataOf(fields['metaData']) });
  if (isRecord(fields['protocol'])) actions.push({ kind: 'protocol', protocol: protocolOf(fields['protocol']) });
  if (isRecord(fields['txn'])) actions.push({ kind: 'txn', txn: txnOf(fields['txn']) });
  if (isRecord(fields['commitInfo']))
    actions.push({ kind: 'commitInfo', txnId: textIn(fields['commitInfo']['txnId']) });
  return actions;
}

function addOf(add: Readonly<Record<string, unknown>>): AddFile {
  return {
    path: text(add['path']),
    partitionValues: texts(add['partitionValues']),
    size: count(add['size']),
    modificationTime: count(add['modificationTime']),
    dataChange: add['dataChange'] !== false,
    tags: isRecord(add['tags']) ? texts(add['tags']) : undefined,
    stats: textIn(add['stats']),
  };
}

function removeOf(remove: Readonly<Record<string, unknown>>): RemoveFile {
  return {
    path: text(remove['path']),
    deletionTimestamp: optionalCount(remove['deletionTimestamp']),
    dataChange: remove['dataChange'] !== false,
    extendedFileMetadata:
      typeof remove['extendedFileMetadata'] === 'boolean' ? remove['extendedFileMetadata'] : undefined,
    partitionValues: isRecord(remove['partitionValues']) ? texts(remove['partitionValues']) : undefined,
    size: optionalCount(remove['size']),
  };
}

function metaDataOf(metaData: Readonly<Record<string, unknown>>): MetaData {
  const format = record(metaData['format']);
  const columns = metaData['partitionColumns'];
  return {
    id: text(metaData['id']),
    name: textIn(metaData['name']),
    description: textIn(metaData['description']),
    format: { provider: text(format['provider']), options: texts(format['options'] ?? {}) },
    schemaString: text(metaData['schemaString']),
    partitionColumns: Array.isArray(columns) ? columns.map(text) : [],
    createdTime: optionalCount(metaData['createdTime']),
    configuration: texts(metaData['configuration'] ?? {}),
  };
}

function protocolOf(protocol: Readonly<Record<string, unknown>>): Protocol {
  return {
    minReaderVersion: count(protocol['minReaderVersion']),
    minWriterVersion: count(protocol['minWriterVersion']),
  };
}

function txnOf(txn: Readonly<Record<string, unknown>>): Txn {
  return { appId: text(txn['appId']), version: count(txn['version']), lastUpdated: optionalCount(txn['lastUpdated']) };
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  if (!isRecord(value)) throw new Error('Cannot read a table: each entry of its log must be an object: one is not');
  return value;
}

function text(value: unknown): string {
  if (typeof value !== 'string')
    throw new Error('Cannot read a table: its log must have the fields of Delta: one is missing');
  return value;
}

/** Checkpoints give 64-bit integers. */
function count(value: unknown): number {
  const found = optionalCount(value);
  if (found === undefined)
    throw new Error('Cannot read a table: its log must have the fields of Delta: a number is missing');
  return found;
}

function optionalCount(value: unknown): number | undefined {
  if (typeof value === 'bigint') return Number(value);
  return typeof value === 'number' ? value : undefined;
}

function texts(value: unknown): Readonly<Record<string, string | null>> {
  const entries = Object.entries(record(value));
  return Object.fromEntries(entries.map(([key, entry]) => [key, typeof entry === 'string' ? entry : null]));
}
