import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { command } from '../../local/commands/query.ts';
import type { Environment } from '../../shared/app/setting-reader.ts';
import type { EventFields } from './change-events.ts';
import { performed } from './commands.ts';
import { storeEvents } from './lake-story.ts';
import { type TemporaryLake, temporaryLake } from './lakes.ts';

export function environmentOf({ folder }: { readonly folder: string }): Record<string, string> {
  return { LAKE_URL: `file:${folder}` };
}

/** The rows of `npm run query`. */
export async function queried(environment: Environment, ...args: string[]): Promise<Record<string, unknown>[]> {
  const { code, output, printed } = await performed(command, environment, ...args, '--json');
  assert.equal(code, 0, output);
  return JSON.parse(printed);
}

export async function asked(
  lake: TemporaryLake,
  sql: string,
  environment: Environment = {},
  ...args: string[]
): Promise<Record<string, unknown>[]> {
  return await queried({ ...environmentOf(lake), ...environment }, sql, ...args);
}

/** A lake with the files that the receiver writes for these events. */
export async function lakeOf(
  t: TestContext,
  events: readonly EventFields[],
  environment: Record<string, string> = {},
): Promise<TemporaryLake> {
  const lake = await temporaryLake(t);
  if (events.length > 0) await storeEvents(lake, [events], environment);
  return lake;
}
