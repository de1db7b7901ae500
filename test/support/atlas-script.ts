// Runs a script of a test as the only function of an app.
import { atlasDatabase } from '../../local/atlas/atlas-database.ts';
import { type AtlasApp, type Invocation, invoke } from '../../local/atlas/atlas-runtime.ts';

/** Runs the body of an async function `f(given)` as an Atlas function. */
export async function runBody(body: string, app: Partial<AtlasApp> = {}, ...args: unknown[]): Promise<unknown> {
  return (await runScript(`exports = async function (given) { ${body} };`, app, ...args)).result;
}

export function runScript(script: string, app: Partial<AtlasApp> = {}, ...args: unknown[]): Promise<Invocation> {
  return invoke({ values: {}, database: atlasDatabase(), ...app, sourceOf: () => script }, 'any', ...args);
}
