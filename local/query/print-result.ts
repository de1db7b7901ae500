// The rows of a result, as they come: JSON and CSV hold no more than a chunk of them.
import { type DuckDBResult, DuckDBTypeId } from '@duckdb/node-api';
import { withCommas } from '../with-commas.ts';
import { csvLine } from './csv.ts';
import { jsonOf, type PlainValue, plainValue, textOf } from './result-values.ts';
import { textTable } from './text-table.ts';

export type OutputForm = 'table' | 'json' | 'csv';

export interface Paper {
  readonly write: (line: string) => void;
  /** The width of the terminal. Undefined without a terminal. */
  readonly width: number | undefined;
}

/** A person reads no more. --json and --csv have every row. */
const mostShownRows = 1000;

export interface InterruptiblePaper extends Paper {
  readonly signal: AbortSignal;
}

export async function printResult(result: DuckDBResult, form: OutputForm, paper: InterruptiblePaper): Promise<void> {
  switch (form) {
    case 'json':
      return await printJson(result, paper);
    case 'csv':
      return await printCsv(result, paper);
    case 'table':
      return await printTable(result, paper);
  }
}

/** DuckDB ends an interrupted result without an error, as if there were no more rows. */
async function* rowsOf(result: DuckDBResult, signal: AbortSignal): AsyncGenerator<PlainValue[]> {
  for await (const chunk of result.yieldRows()) for (const row of chunk) yield row.map(plainValue);
  signal.throwIfAborted();
}

/** Writes each row on a line, so that programs can read large results line by line. */
async function printJson(result: DuckDBResult, { write, signal }: InterruptiblePaper): Promise<void> {
  const names = result.deduplicatedColumnNames();
  let last: string | undefined;
  for await (const row of rowsOf(result, signal)) {
    write(last === undefined ? '[' : `${last},`);
    last = `{${row.map((value, column) => `${JSON.stringify(names[column])}:${jsonOf(value)}`).join()}}`;
  }
  if (last === undefined) return write('[]');
  write(last);
  write(']');
}

async function printCsv(result: DuckDBResult, { write, signal }: InterruptiblePaper): Promise<void> {
  write(csvLine(result.columnNames()));
  for await (const row of rowsOf(result, signal)) write(csvLine(row));
}

async function printTable(result: DuckDBResult, { write, width, signal }: InterruptiblePaper): Promise<void> {
  const shown: string[][] = [];
  let count = 0;
  for await (const row of rowsOf(result, signal))
    if (count++ < mostShownRows) shown.push(row.map((value) => cell(value, width)));
  const isRight = result.columnTypes().map(({ typeId }) => numberTypes.has(typeId));
  for (const line of textTable(result.columnNames(), shown, width, isRight)) write(line);
  const more = count - shown.length;
  write(
    `(${withCommas(count)} ${count === 1 ? 'row' : 'rows'}${more > 0 ? `, the first ${mostShownRows} shown` : ''})`,
  );
}

/** A terminal shows no more of a text than its own width. A thousand documents of megabytes would not fit in memory. */
function cell(value: PlainValue, width: number | undefined): string {
  const text = value === null ? 'null' : textOf(value);
  return width === undefined ? text : text.slice(0, width + 1);
}

const numberTypes: ReadonlySet<DuckDBTypeId> = new Set([
  DuckDBTypeId.TINYINT,
  DuckDBTypeId.SMALLINT,
  DuckDBTypeId.INTEGER,
  DuckDBTypeId.BIGINT,
  DuckDBTypeId.HUGEINT,
  DuckDBTypeId.UTINYINT,
  DuckDBTypeId.USMALLINT,
  DuckDBTypeId.UINTEGER,
  DuckDBTypeId.UBIGINT,
  DuckDBTypeId.FLOAT,
  DuckDBTypeId.DOUBLE,
  DuckDBTypeId.DECIMAL,
]);
