// Simulates the Atlas function runtime on this machine, with the restrictions of Atlas. So a function that works here
// can work there. https://www.mongodb.com/docs/atlas/atlas-ui/triggers/functions/
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInContext } from 'node:vm';
import { BSON, EJSON, type EJSONOptions } from 'bson';
import { atlasFunctionsFolder } from '../atlas-functions.ts';
import { type AtlasDatabase, countedOperations } from './atlas-database.ts';
import { type AtlasHttp, httpPost } from './atlas-http.ts';
import { atlasScope } from './atlas-scope.ts';
import { type Clock, systemClock } from './clock.ts';

export interface AtlasApp {
  /** The app's values, also those from secrets. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly database: AtlasDatabase;
  readonly dataSource?: string;
  readonly clock?: Clock;
  readonly post?: AtlasHttp;
  /** Returns the source of a function. Default: the built file. */
  readonly sourceOf?: (name: string) => string;
  /** Gets each line of the log at once, also from functions that throw. */
  readonly onLog?: (line: string) => void;
}

export interface Invocation {
  readonly result: unknown;
  readonly logs: readonly string[];
  /** Operations of HTTP and database together. */
  readonly operations: number;
}

const limits = { operations: 1000, argumentBytes: 18_000_000, executionMs: 300_000 };

/** Throws if the function throws, or if Atlas would end it. */
export async function invoke(app: AtlasApp, name: string, ...args: unknown[]): Promise<Invocation> {
  const { values, database, dataSource = 'mongodb-atlas', clock = systemClock, post = httpPost } = app;
  assertArgumentsFit(args);
  const life = lifeOf(clock);
  const service = countedOperations(database, life.spend);
  const logs: string[] = [];
  const log = (line: string) => {
    logs.push(line);
    app.onLog?.(line);
  };
  const context = {
    values: { get: (value: string) => values[value] },
    services: { get: (given: string) => (given === dataSource ? service : undefined) },
    http: {
      post: async (request: unknown) => {
        await life.spend();
        return await post(request);
      },
    },
  };
  const scope = atlasScope({ context, EJSON: canonical, BSON, log, clock });
  const source = app.sourceOf?.(name) ?? readFileSync(join(atlasFunctionsFolder, `${name}.js`), 'utf8');
  runInContext(source, scope.global, { filename: `${name}.js` });
  const result = await life.until(scope.call(args));
  return { result, logs, operations: life.operations() };
}

/** The EJSON of Atlas is canonical by default. */
const canonical = {
  parse: (text: string, options?: EJSONOptions): unknown => EJSON.parse(text, { relaxed: false, ...options }),
  stringify: (value: unknown, options?: EJSONOptions): string => EJSON.stringify(value, { relaxed: false, ...options }),
};

function assertArgumentsFit(args: readonly unknown[]): void {
  const bytes = BSON.calculateObjectSize({ args });
  if (bytes > limits.argumentBytes) throw new Error(`function arguments of ${bytes} bytes are more than 18 MB`);
}

/** Atlas ends a function by force: its later operations do not happen. */
function lifeOf(clock: Clock) {
  const end = Promise.withResolvers<never>();
  let operations = 0;
  let isOver = false;
  return {
    operations: () => operations,
    spend: async (): Promise<void> => {
      if (!isOver) operations++;
      if (operations > limits.operations)
        end.reject(new Error(`function used more than ${limits.operations} operations`));
      if (isOver || operations > limits.operations) await new Promise<never>(() => undefined);
    },
    until: async (run: Promise<unknown>): Promise<unknown> => {
      const overtime = () => end.reject(new Error('execution time limit exceeded'));
      const timer = clock.setTimeout(overtime, limits.executionMs);
      try {
        return await Promise.race([run, end.promise]);
      } finally {
        isOver = true;
        clock.clearTimeout(timer);
      }
    },
  };
}
