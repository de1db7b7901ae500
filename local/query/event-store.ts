// DuckDB's own copy of the lines that no table has: one table for each collection, in a database that ends with the
// command.
import { type DuckDBAppender, type DuckDBConnection, DuckDBDateValue, DuckDBTimestampValue } from '@duckdb/node-api';
import { bufferOf } from '../../shared/json/json-text.ts';
import { duckdbQuoted } from '../views/duckdb/duckdb-dialect.ts';
import type { FileRow } from './read-lines.ts';

/** The schema of the tables behind the views. No database of MongoDB is called `~`. */
export const internalSchema = duckdbQuoted('~lake');

const textColumns = ['operationType', 'sequence', 'db', 'coll', 'documentKey', 'data', 'updateDescription', 'rest'];

export interface EventTable {
  readonly name: string;
  readonly append: (rows: readonly FileRow[]) => void;
  /** Ends the appending and keeps each event once: of two lines, the line with the first file name. */
  readonly finish: () => Promise<void>;
}

export async function eventTable(connection: DuckDBConnection, number: number): Promise<EventTable> {
  const table = `events_${number}`;
  const name = `${internalSchema}.${table}`;
  await connection.run(`CREATE TABLE ${name} (${textColumns.map((column) => `"${column}" VARCHAR`).join(', ')},
    "clusterTime" TIMESTAMP, "wallTime" TIMESTAMP, "date" DATE, file VARCHAR)`);
  const appender = await connection.createAppender(table, '~lake');
  return {
    name,
    append: (rows) => {
      for (const row of rows) appendRow(appender, row);
      appender.flushSync();
    },
    finish: async () => {
      appender.closeSync();
      await keepFirst(connection, name);
    },
  };
}

function appendRow(appender: DuckDBAppender, { file, row }: FileRow): void {
  for (const text of [row.operationType, row.sequence, row.db, row.coll]) appendText(appender, text);
  for (const slice of [row.documentKey, row.data, row.updateDescription, row.rest])
    appendText(appender, slice === null ? null : bufferOf(slice).toString('utf8'));
  for (const ms of [row.clusterTime, row.wallTime]) appendTime(appender, ms);
  appendDay(appender, row.clusterTime);
  appender.appendVarchar(file);
  appender.endRow();
}

function appendText(appender: DuckDBAppender, text: string | null): void {
  if (text === null) appender.appendNull();
  else appender.appendVarchar(text);
}

function appendTime(appender: DuckDBAppender, ms: number | null): void {
  if (ms === null) appender.appendNull();
  else appender.appendTimestamp(new DuckDBTimestampValue(BigInt(ms) * 1000n));
}

/** The day of the folder is that of the event's time. */
function appendDay(appender: DuckDBAppender, ms: number | null): void {
  if (ms === null) appender.appendNull();
  else appender.appendDate(new DuckDBDateValue(Math.floor(ms / 86_400_000)));
}

/** An event can be in two batch files, and in a batch file and a file of its own. */
async function keepFirst(connection: DuckDBConnection, name: string): Promise<void> {
  await connection.run(`DELETE FROM ${name} WHERE rowid IN (
    SELECT rowid FROM ${name} QUALIFY row_number() OVER (PARTITION BY sequence ORDER BY file, rowid) > 1)`);
}
