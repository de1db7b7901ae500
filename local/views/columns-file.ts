// The file of `--infer` and `--columns`: names and types of a collection's columns, to be changed by hand.
import { isRecord } from '../../shared/json/record.ts';
import { type Column, nameOfType, readTypeName, typeNames } from './column-type.ts';

export function columnsText(namespace: string, columns: readonly Column[]): string {
  const lines = columns.map(({ path, name, type }) => {
    const column = { field: path, name, type: nameOfType(type) };
    return `    ${JSON.stringify(column)}`;
  });
  return `{\n  "collection": ${JSON.stringify(namespace)},\n  "columns": [\n${lines.join(',\n')}\n  ]\n}`;
}

export interface ColumnsFile {
  /** The collection that the file is for, as `<database>.<collection>`. Undefined: any. */
  readonly collection: string | undefined;
  readonly columns: readonly Column[];
}

/** Returns the file, or every problem of it. */
export function readColumnsText(text: string): ColumnsFile | { readonly problems: readonly string[] } {
  const parsed = parsedOrUndefined(text);
  const entries: readonly unknown[] | undefined =
    isRecord(parsed) && Array.isArray(parsed['columns']) ? parsed['columns'] : undefined;
  if (entries === undefined) return { problems: ['it must be JSON, an object with a list "columns"'] };
  const { collection } = isRecord(parsed) ? parsed : {};
  const isNamed = typeof collection === 'string';
  const problems = isNamed || collection === undefined ? [] : ['"collection" must be a text, such as "shop.orders"'];
  const columns = entries.flatMap((entry, index) => {
    const column = readColumn(entry);
    if (typeof column !== 'string') return [column];
    problems.push(`number ${index + 1} of "columns" ${column}`);
    return [];
  });
  return problems.length > 0 ? { problems } : { collection: isNamed ? collection : undefined, columns };
}

function readColumn(entry: unknown): Column | string {
  const { field, name, type } = isRecord(entry) ? entry : {};
  if (!isPath(field)) return 'must have a "field", such as ["address", "city"]';
  if (typeof name !== 'string' || name === '') return 'must have a "name"';
  const columnType = typeof type === 'string' ? readTypeName(type) : undefined;
  if (columnType === undefined) return `must have a "type", one of ${typeNames}`;
  return { path: field, name, type: columnType };
}

function isPath(field: unknown): field is readonly string[] {
  return Array.isArray(field) && field.length > 0 && field.every((key) => typeof key === 'string');
}

function parsedOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The text is no JSON. The caller reports it.
    return undefined;
  }
}
