import assert from 'node:assert/strict';
import { command } from '../../local/commands/query.ts';
import type { Environment } from '../../shared/app/setting-reader.ts';
import { performed } from './commands.ts';

export function environmentOf({ folder }: { readonly folder: string }): Record<string, string> {
  return { LAKE_URL: `file:${folder}` };
}

/** The rows of `npm run query`. */
export async function queried(environment: Environment, ...args: string[]): Promise<Record<string, unknown>[]> {
  const { code, output, printed } = await performed(command, environment, ...args, '--json');
  assert.equal(code, 0, output);
  return JSON.parse(printed);
}
