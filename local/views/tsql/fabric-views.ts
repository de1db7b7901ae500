// The views for Fabric: the table by a shortcut in a lakehouse, the files by their address in OneLake or Azure.
import type { Engine } from '../engine.ts';
import { threeViews } from '../three-views.ts';
import { changeColumns } from '../view-queries.ts';
import { changesFromFiles, freshChanges } from './changes.ts';
import { tsqlDialect, tsqlQuoted } from './tsql-dialect.ts';

export const fabricViews: Engine = {
  separator: ';\nGO',
  howToRun: ({ hasTable, folder }) => [
    ...(hasTable
      ? [
          `Once before: infra/fabric/shortcut.sh makes the shortcut dbo.${shortcutOf(folder)} to the table, directly under Tables.`,
          'Put the name of the lakehouse in the place of <lakehouse>.',
        ]
      : []),
    'In the SQL query editor of a warehouse, or of the SQL endpoint of the lakehouse.',
  ],
  statements: (views) => {
    const schema = tsqlQuoted(views.database);
    const table = `SELECT ${changeColumns
      .map((name) => (name.endsWith('Time') ? `CAST(${name} AS DATETIME2(3)) AS ${name}` : name))
      .join(', ')}\nFROM "<lakehouse>".dbo.${tsqlQuoted(shortcutOf(views.folder))}`;
    const root = `${views.lake.https('')}/`;
    return [
      { comment: 'The database is a schema.', sql: `CREATE SCHEMA ${schema}` },
      ...threeViews(views, {
        dialect: tsqlDialect,
        viewName: (kind) => `${schema}.${tsqlQuoted(`${views.collection}_${kind}`)}`,
        create: (name, query) => `CREATE OR ALTER VIEW ${name} AS\n${query}`,
        changes: {
          fromTable: table,
          fromFiles: changesFromFiles(views, '', root),
          fresh: freshChanges(views, table, '', root),
        },
      }),
    ];
  },
};

/** A shortcut's name takes letters, digits and `_`. */
function shortcutOf(folder: string): string {
  return `${folder.replace(/[^A-Za-z0-9]+/g, '_')}_changes`;
}
