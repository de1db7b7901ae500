// The SQL that `npm run views` writes, for a lake in a local folder.
import assert from 'node:assert/strict';
import { command as viewsCommand } from '../../../local/commands/views.ts';
import { performed } from '../../support/commands.ts';

export type ViewsEngine = 'duckdb' | 'synapse' | 'synapse-dedicated' | 'fabric' | 'spark' | 'snowflake' | 'redshift';

export async function viewsOf(
  engine: ViewsEngine,
  coll: string,
  lake: string,
  tables: string,
  ...more: readonly string[]
): Promise<string> {
  const environment = { LAKE_URL: `file:${lake}`, TABLES: 'delta', TABLES_URL: `file:${tables}` };
  const options = ['--engine', engine, '--collection', `shop.${coll}`, ...more];
  const { code, printed, output } = await performed(viewsCommand, environment, ...options);
  assert.equal(code, 0, output);
  // For a lake in a folder, the text of a cloud engine has placeholders.
  const cloud = 'abfss://<container>@<account>.dfs.core.windows.net/<directory>';
  return printed.replaceAll(`${cloud}-tables`, tables).replaceAll(cloud, lake);
}
