// delta-rs and DuckDB's own Delta reader: two readers of Delta that share no code with Spark or with us.
import { type PythonWorker, pythonWorker } from './python-worker.ts';
import { type Row, rowsOf } from './spark.ts';

let worker: PythonWorker | undefined;

function readers(): PythonWorker {
  worker ??= pythonWorker('readers', 'readers_worker.py');
  return worker;
}

export async function readByDeltaRs(path: string): Promise<Row> {
  const { result } = await readers().call('delta_rs', { path });
  return Object(result);
}

/** Runs a query in a new database, after the statements of `setup`. */
export async function queryDuckDb(text: string, setup = ''): Promise<readonly Row[]> {
  const { result } = await readers().call('duckdb', { text, setup });
  return rowsOf(result);
}
