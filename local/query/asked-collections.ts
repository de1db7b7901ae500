// The collections that a statement can use, so that no other is read.
import { type NamedCollection, sharing, viewKinds } from './collection-views.ts';

/** Statements that list tables, or build a name while they run, need every collection. */
const asksForAll = /\b(?:show|information_schema|duckdb_\w+|pg_\w+|pragma|query|query_table|export)\b/i;

/** Returns the collections with a view in the text. One too many costs time. One too few would be an error. */
export function askedCollections(sql: string, collections: readonly NamedCollection[]): NamedCollection[] {
  if (asksForAll.test(sql)) return [...collections];
  const text = sql.toLowerCase();
  return collections.filter(({ prefix }) => {
    const begin = prefix.toLowerCase().replaceAll('"', '""');
    return viewKinds.some((kind) => text.includes(`${begin}_${kind}`));
  });
}

/** Returns the error for a bare name that several databases have. Undefined for every other name. */
export function ambiguityOf(name: string, collections: readonly NamedCollection[]): string | undefined {
  const [, prefix = '', kind = ''] = /^(.*)_(changes|latest|history)$/is.exec(name) ?? [];
  const several = sharing(collections, prefix);
  if (several.length < 2) return undefined;
  const names = several.map((one) => viewText(one, kind.toLowerCase()));
  return `Cannot tell which "${name}": several databases have it: say ${names.join(' or ')}`;
}

/**
 * DuckDB proposes names of its own tables for a missing one. Returns the collections instead, after two line breaks.
 */
export function missingHint(words: string, collections: readonly NamedCollection[]): string {
  if (!/^(?:Catalog|Binder) Error: (?:Table|Schema|Catalog)\b.*\bdoes not exist/s.test(words)) return '';
  const names = collections.map(({ schema, prefix }) => `${schema}.${prefix}`);
  if (names.length === 0) return '\n\nThe lake has no events yet: npm run query, without SQL, names its place';
  const more = names.length > mostNames ? ` and ${names.length - mostNames} more` : '';
  return `\n\nThe lake has ${names.slice(0, mostNames).join(', ')}${more}: each has views that end in _latest, _history and _changes`;
}

const mostNames = 20;

/** The name of a view, as a person writes it in a statement. */
export function viewText({ schema, prefix }: NamedCollection, kind: string): string {
  return `${nameText(schema)}.${nameText(`${prefix}_${kind}`)}`;
}

/** Adds quotes only to a name that needs them. */
export function nameText(name: string): string {
  return /^[a-z_][a-z0-9_]*$/i.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}
