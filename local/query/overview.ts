// Without SQL: lists the collections.

import { printable } from '../printable.ts';
import { viewPlace } from '../views/view-places.ts';
import { nameText, viewText } from './asked-collections.ts';
import { type NamedCollection, sharing } from './collection-views.ts';
import { csvLine } from './csv.ts';
import type { OpenCollection } from './open-collection.ts';
import type { Places } from './open-places.ts';
import type { OutputForm, Paper } from './print-result.ts';
import type { Reading } from './reading.ts';
import { jsonOf, type PlainValue, plainValue, textOf } from './result-values.ts';
import { textTable } from './text-table.ts';

const names = ['database', 'collection', 'events', 'newest', 'files', 'bytes'] as const;

export async function printOverview(
  opened: ReadonlyMap<NamedCollection, OpenCollection | undefined>,
  { database, places }: Reading,
  form: OutputForm,
  { write, width }: Paper,
): Promise<void> {
  const rows: PlainValue[][] = [];
  for (const [one, open] of opened) {
    if (open === undefined) {
      rows.push([one.database, one.collection, null, null, null, null]);
      continue;
    }
    const { changes, files, bytes } = open;
    const counted = await database.connection.runAndReadAll(`SELECT count(*), max("clusterTime") FROM ${changes}`);
    const [events = null, newest = null] = counted.getRows()[0] ?? [];
    rows.push([one.database, one.collection, plainValue(events), plainValue(newest), files, bytes]);
  }
  switch (form) {
    case 'json':
      return write(`[${rows.map(jsonRow).join(',\n')}]`);
    case 'csv':
      for (const row of [[...names], ...rows]) write(csvLine(row));
      return;
    case 'table':
      if (rows.length === 0) return printEmpty(places, write);
      return printTable([...opened.keys()], rows, { write, width });
  }
}

/** The place can be the mistake: a folder that does not exist is a lake without events. */
function printEmpty({ lake, settings }: Places, write: Paper['write']): void {
  write(`There are no events yet in ${lake.folder ?? viewPlace(settings.lake.location, '').abfss('')}`);
  write('`npm start` serves a receiver, `npm run sample` sends a story to it.');
}

function jsonRow(row: readonly PlainValue[]): string {
  return `{${names.map((name, column) => `"${name}":${jsonOf(row[column] ?? null)}`).join()}}`;
}

function printTable(
  collections: readonly NamedCollection[],
  rows: readonly PlainValue[][],
  { write, width }: Paper,
): void {
  const [first] = collections;
  if (first === undefined) return;
  const cells = rows.map((row) => row.map((value) => (value === null ? '' : textOf(value))));
  for (const line of textTable(names, cells, width, [false, false, true, false, true, true])) write(line);
  write('');
  write('Each collection has three views: <collection>_changes, <collection>_latest and <collection>_history. Try:');
  const example = nameText(`${first.prefix}_latest`);
  const asked = sharing(collections, first.prefix).length > 1 ? viewText(first, 'latest') : example;
  // A shell would end the statement at a quote of the name.
  const quote = asked.includes('"') ? "'" : '"';
  write(printable(`  npm run query -- ${quote}SELECT * FROM ${asked}${quote}`));
  const renamed = collections.filter((one) => one.schema !== one.database || one.prefix !== one.collection);
  if (renamed.length === 0) return;
  write('');
  write('DuckDB takes some names for the same. Here they have others:');
  for (const one of renamed) write(printable(`  ${one.database}.${one.collection} is ${viewText(one, 'latest')}`));
}
