// The fields of a document as T-SQL reads them: one OPENJSON for the document, and one for each object whose fields are
// columns.
import type { Column } from '../column-type.ts';

/** SQL for a field's value, and for its kind: 0 null, 1 text, 2 number, 3 boolean, 4 array, 5 object. */
export interface OpenedField {
  readonly value: string;
  readonly kind: string;
}

export interface OpenedFields {
  readonly fieldOf: (column: Column) => OpenedField;
  readonly join: string;
}

export function openedFields(columns: readonly Column[]): OpenedFields {
  const fields = new Map<string, OpenedField>();
  const joins: string[] = [];
  open([], 'data', 'ISJSON(data) = 1');
  return {
    fieldOf: ({ path }) => fields.get(JSON.stringify(path)) ?? { value: 'NULL', kind: 'NULL' },
    join: columns.length === 0 ? '' : joins.join(''),
  };

  /** The members of one object, and then those of the objects in it that columns are made of. */
  function open(parent: readonly string[], text: string, isObject: string): void {
    const alias = `fields${joins.length + 1}`;
    const below = columns.filter(({ path }) => parent.every((key, level) => path[level] === key));
    const keys = [...new Set(below.map(({ path }) => path[parent.length] ?? ''))];
    const members = keys.flatMap((key, index) => {
      const name = `N'${key.replaceAll("'", "''")}'`;
      fields.set(JSON.stringify([...parent, key]), { value: `${alias}.v${index + 1}`, kind: `${alias}.t${index + 1}` });
      return [
        `MAX(CASE WHEN [key] = ${name} THEN [value] END) AS v${index + 1}`,
        `MAX(CASE WHEN [key] = ${name} THEN [type] END) AS t${index + 1}`,
      ];
    });
    joins.push(`
OUTER APPLY (
  SELECT ${members.join(',\n    ')}
  FROM OPENJSON(CASE WHEN ${isObject} THEN ${text} END)
) AS ${alias}`);
    for (const key of keys) {
      const path = [...parent, key];
      const isParent = below.some((column) => column.path.length > path.length && column.path[parent.length] === key);
      const field = fields.get(JSON.stringify(path));
      if (isParent && field !== undefined) open(path, field.value, `${field.kind} = 5`);
    }
  }
}
