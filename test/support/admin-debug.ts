// `POST debug/execute_function_source` of the tests' Admin API. It runs the script in the simulated Atlas as the app's
// system user, with the app's values and data source.
import { Script } from 'node:vm';
import { invoke } from '../../local/atlas/atlas-runtime.ts';
import { isRecord } from '../../shared/json/record.ts';
import type { AdminApp, Served } from './admin-app.ts';
import { Refusal } from './admin-refusal.ts';

const known = ['source', 'eval_source'];

export async function executeSource(app: AdminApp, method: string, path: string, body: unknown): Promise<Served> {
  const [route, query = ''] = path.split('?', 2);
  if (`${method} ${route}` !== 'POST debug/execute_function_source') throw new Refusal(404, 'NotFound', 'not found');
  expectSystemUser(new URLSearchParams(query));
  const source = sourceOf(body);
  try {
    const [service] = app.all('services');
    const dataSource = typeof service?.['name'] === 'string' ? service['name'] : 'none';
    const run = { values: valuesOf(app), database: app.database, dataSource, sourceOf: () => source };
    const { result, logs } = await invoke(run, 'source');
    return { status: 200, body: { result: isRecord(result) ? { ...result } : (result ?? null), logs, stats: {} } };
  } catch (error) {
    return { status: 200, body: { error: { message: String(error), name: 'Error' }, stats: {} } };
  }
}

/** Both must be in the query, and only one of them may have a value. */
function expectSystemUser(query: URLSearchParams): void {
  const isNamed = (query.get('user_id') ?? '') !== '';
  if (query.get('run_as_system') !== 'true' || isNamed || !query.has('user_id'))
    throw new Refusal(400, 'InvalidParameter', 'exactly one of user_id and run_as_system is required');
}

function sourceOf(body: unknown): string {
  if (!isRecord(body) || Object.keys(body).some((key) => !known.includes(key)))
    throw new Refusal(400, 'InvalidParameter', 'unknown member');
  const { source, eval_source } = body;
  if (typeof source !== 'string' || eval_source !== 'exports()')
    throw new Refusal(400, 'InvalidParameter', 'source and eval_source are required');
  try {
    new Script(source);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new Refusal(400, 'FunctionSyntaxError', error.message);
  }
  return source;
}

function valuesOf(app: AdminApp): Readonly<Record<string, unknown>> {
  const told = app.all('values').map(({ name, value, from_secret }) => {
    const secret = from_secret === true ? app.named('secrets', String(value))?.['value'] : undefined;
    return [String(name), secret ?? value] as const;
  });
  return Object.fromEntries(told);
}
