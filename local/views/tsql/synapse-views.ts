// The views for Synapse serverless SQL, in a database that infra/synapse/serverless.sql makes once.
import type { CollectionViews, Engine } from '../engine.ts';
import { threeViews } from '../three-views.ts';
import { changesFromFiles, changesFromTable, freshChanges } from './changes.ts';
import { tsqlDialect, tsqlQuoted } from './tsql-dialect.ts';

export const synapseViews: Engine = {
  separator: ';\nGO',
  howToRun: () => [
    'Once before: infra/synapse/serverless.sql makes the database, its credential and its data sources.',
    'In Synapse Studio, or: sqlcmd -S <workspace>-ondemand.sql.azuresynapse.net -d lake -G -I -i views.sql',
    'A binary field is base64 text here, and a UUID too: serverless SQL has no function that decodes it.',
  ],
  statements: (views) => {
    const schema = tsqlQuoted(views.database);
    return [
      {
        comment: 'The database is a schema.',
        sql: `IF SCHEMA_ID(${textOf(views.database)}) IS NULL EXEC(${textOf(`CREATE SCHEMA ${schema}`)})`,
      },
      ...threeViews(views, {
        dialect: tsqlDialect,
        viewName: (kind) => `${schema}.${tsqlQuoted(`${views.collection}_${kind}`)}`,
        create: (name, query) => `CREATE OR ALTER VIEW ${name} AS\n${query}`,
        changes: changesOf(views),
      }),
    ];
  },
};

function changesOf(views: CollectionViews) {
  const { folder } = views;
  const table = changesFromTable(`OPENROWSET(BULK '${folder}', DATA_SOURCE = 'lake_tables', FORMAT = 'DELTA')`);
  const files = changesFromFiles(views, "DATA_SOURCE = 'lake'", '');
  return { fromTable: table, fromFiles: files, fresh: freshChanges(views, table, "DATA_SOURCE = 'lake'", '') };
}

function textOf(text: string): string {
  return `N'${text.replaceAll("'", "''")}'`;
}
