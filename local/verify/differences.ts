// Counts the differences that a comparison has found.
import type { DuckDBConnection } from '@duckdb/node-api';

export interface Differences {
  readonly missing: number;
  readonly extra: number;
  readonly different: number;
  /** Keys of several documents of the source. The lake shows one document of each key. They are always different. */
  readonly shared: number;
  /** Both sides have documents, and no key is on both. */
  readonly isDisjoint: boolean;
  /** Both sides have several documents, and none is equal. */
  readonly isUnlike: boolean;
  /** Some keys of each, in their order. */
  readonly sample: Readonly<Record<Difference, readonly string[]>>;
}

type Difference = 'missing' | 'extra' | 'different';

const sampled = 10;

export async function summary(connection: DuckDBConnection): Promise<Differences> {
  const [missing, extra, different] = [await found('missing'), await found('extra'), await found('different')];
  const [shared] = await rowsOf(connection, 'SELECT count(*) FROM differences WHERE shared');
  return {
    missing: missing.count,
    extra: extra.count,
    different: different.count,
    shared: Number(shared?.[0]),
    isDisjoint: missing.count > 0 && extra.count > 0 && (await isAll(connection, "kind = 'missing'")),
    isUnlike: different.count > 1 && (await isAll(connection, 'true')),
    sample: { missing: missing.keys, extra: extra.keys, different: different.keys },
  };

  async function found(kind: Difference): Promise<{ readonly count: number; readonly keys: readonly string[] }> {
    const [counted] = await rowsOf(connection, `SELECT count(*) FROM differences WHERE kind = '${kind}'`);
    const keys = `SELECT key FROM differences WHERE kind = '${kind}' ORDER BY key LIMIT ${sampled}`;
    return { count: Number(counted?.[0]), keys: (await rowsOf(connection, keys)).map(([key]) => String(key)) };
  }
}

/** Whether each document of the source has a difference of this kind. */
async function isAll(connection: DuckDBConnection, isKind: string): Promise<boolean> {
  const keys = `SELECT key FROM differences WHERE ${isKind}`;
  return (await rowsOf(connection, `SELECT 1 FROM source WHERE key NOT IN (${keys}) LIMIT 1`)).length === 0;
}

export async function rowsOf(connection: DuckDBConnection, query: string): Promise<readonly (readonly unknown[])[]> {
  return (await connection.runAndReadAll(query)).getRows();
}
