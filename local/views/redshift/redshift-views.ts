// The views for Redshift: Spectrum over the manifest of the table, after a copy to S3.
import type { CollectionViews, Engine } from '../engine.ts';
import { threeViews } from '../three-views.ts';
import { changeColumns } from '../view-queries.ts';
import { redshiftDialect, redshiftQuoted } from './redshift-dialect.ts';

export const redshiftViews: Engine = {
  separator: ';',
  howToRun: () => [
    'Redshift reads S3 alone: copy the table there, and write its manifest with infra/spark/maintain.py. docs/read-the-lake.md says how.',
    'Once before: infra/redshift has the external schema "lake".',
    'In the query editor, or: psql -h <cluster> -p 5439 -d <database> -f views.sql',
    'A UUID is base64 text here.',
  ],
  // Redshift cannot read the files of events, so it reads the table.
  statements: (given) => {
    const views = { ...given, hasTable: false };
    const schema = redshiftQuoted(views.database);
    return [
      { comment: 'The names in documents keep their case.', sql: 'SET enable_case_sensitive_super_attribute TO TRUE' },
      { comment: 'The database is a schema.', sql: `CREATE SCHEMA IF NOT EXISTS ${schema}` },
      { comment: 'The table, by its manifest.', sql: externalTable(views) },
      ...threeViews(views, {
        dialect: redshiftDialect,
        viewName: (kind) => `${schema}.${redshiftQuoted(`${views.collection}_${kind}`)}`,
        create: (name, query) => `CREATE OR REPLACE VIEW ${name} AS\n${query}\nWITH NO SCHEMA BINDING`,
        changes: { fromTable: fromTable(views), fromFiles: fromTable(views), fresh: fromTable(views) },
      }),
    ];
  },
};

function tableName({ database, collection }: CollectionViews): string {
  return `lake.${redshiftQuoted(`${database}_${collection}_table`)}`;
}

function fromTable(views: CollectionViews): string {
  return `SELECT ${changeColumns.join(', ')}\nFROM ${tableName(views)}`;
}

function externalTable(views: CollectionViews): string {
  const columns = changeColumns.flatMap((name) => {
    if (name === 'date') return [];
    return [`${name} ${name.endsWith('Time') ? 'TIMESTAMP' : 'VARCHAR(65535)'}`];
  });
  return `CREATE EXTERNAL TABLE ${tableName(views)} (
  ${columns.join(',\n  ')}
) PARTITIONED BY (date DATE)
ROW FORMAT SERDE 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe'
STORED AS INPUTFORMAT 'org.apache.hadoop.hive.ql.io.SymlinkTextInputFormat'
OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat'
LOCATION 's3://<bucket>/${views.folder}/_symlink_format_manifest'`;
}
