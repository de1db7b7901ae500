// The schemas that `from_json` is given. A struct cannot have two fields whose names are equal for
// Spark. So such columns are read in separate groups.
import type { Column, ColumnType } from '../column-type.ts';

export interface SparkGroup {
  readonly columns: readonly Column[];
  readonly plainSchema: string;
  readonly typedSchema: string;
}

export function sparkQuoted(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}

export function sparkGroups(columns: readonly Column[]): SparkGroup[] {
  const trees: { columns: Column[]; tree: Tree }[] = [];
  for (const column of columns) {
    const group = trees.find(({ tree }) => hasRoom(tree, column.path)) ?? newGroup();
    group.columns.push(column);
    add(group.tree, column);
  }
  return trees.map(({ columns: own, tree }) => ({
    columns: own,
    plainSchema: `STRUCT<${schemaOf(tree, ({ type }) => plainType(type))}>`,
    typedSchema: `STRUCT<${schemaOf(tree, () => typedStruct)}>`,
  }));

  function newGroup() {
    const group: { columns: Column[]; tree: Tree } = { columns: [], tree: new Map() };
    trees.push(group);
    return group;
  }
}

/** The type that a plain value is parsed as. */
function plainType(type: ColumnType): string {
  switch (type.kind) {
    case 'boolean':
      return 'BOOLEAN';
    case 'int64':
      return 'BIGINT';
    case 'double':
      return 'DOUBLE';
    case 'decimal':
    case 'timestamp':
    case 'date':
    case 'string':
    case 'binary':
    case 'json':
      return 'STRING';
  }
}

/** By the name as Spark compares it. */
type Tree = Map<string, { readonly key: string; readonly column: Column | undefined; readonly inner: Tree }>;

function hasRoom(tree: Tree, [key = '', ...rest]: readonly string[]): boolean {
  const known = tree.get(key.toLowerCase());
  if (known === undefined) return true;
  return rest.length > 0 && known.key === key && known.column === undefined && hasRoom(known.inner, rest);
}

function add(tree: Tree, column: Column, path: readonly string[] = column.path): void {
  const [key = '', ...rest] = path;
  const known = tree.get(key.toLowerCase()) ?? {
    key,
    column: rest.length === 0 ? column : undefined,
    inner: new Map(),
  };
  tree.set(key.toLowerCase(), known);
  if (rest.length > 0) add(known.inner, column, rest);
}

function schemaOf(tree: Tree, typeOf: (column: Column) => string): string {
  const members = [...tree.values()].map(
    ({ key, column, inner }) =>
      `${sparkQuoted(key)}: ${column === undefined ? `STRUCT<${schemaOf(inner, typeOf)}>` : typeOf(column)}`,
  );
  return members.join(', ');
}

/** The types of Extended JSON that a column can be made of. */
const typedStruct = `STRUCT<${[
  '$oid',
  '$numberInt',
  '$numberLong',
  '$numberDouble',
  '$numberDecimal',
  '$date',
  '$symbol',
]
  .map((key) => `${sparkQuoted(key)}: STRING`)
  .join(', ')}, \`$binary\`: STRUCT<base64: STRING, subType: STRING>>`;
