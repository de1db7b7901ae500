// Opens a DuckDB for one command, on the disk of this machine. The command removes it at its end.
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { CommandError, reasonOf } from '../command.ts';
import { duckdbMacros } from '../views/duckdb/duckdb-macros.ts';
import { databaseFolder } from './database-folder.ts';
import { internalSchema } from './event-store.ts';

export interface LakeDatabase {
  readonly connection: DuckDBConnection;
  /** Holds the database, and what is copied out of Azure. */
  readonly folder: string;
  readonly close: () => Promise<void>;
}

export async function openLakeDatabase(): Promise<LakeDatabase> {
  const folder = await databaseFolder(tmpdir()).catch((error: unknown) => {
    throw new CommandError(
      `Cannot make files: the folder for temporary files must exist and be writable: ${JSON.stringify(tmpdir())}: ${reasonOf(error)}: TMPDIR can name another one`,
      { cause: error },
    );
  });
  // The name of the file is the name of the catalog: no schema may be called so.
  const instance = await DuckDBInstance.create(join(folder, '~.duckdb'));
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  await connection.run('SET preserve_insertion_order = true');
  // DuckDB counts its progress only for a bar. The command shows a bar of its own.
  await connection.run('SET enable_progress_bar = true; SET enable_progress_bar_print = false');
  // The file is removed at the end, so nothing need be moved into it then.
  await connection.run('PRAGMA disable_checkpoint_on_shutdown');
  // In one transaction, so that the log on the disk is forced out once, and not for each macro.
  await connection.run(`BEGIN; CREATE SCHEMA ${internalSchema}; ${duckdbMacros(internalSchema)} COMMIT`);
  return {
    connection,
    folder,
    close: async () => {
      connection.closeSync();
      instance.closeSync();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
