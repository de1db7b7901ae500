// Reads the text of lake-sync.json, or returns all problems at once. Its schema has the rules for each member.
import { isRecord } from '../../shared/json/record.ts';
import type { LakeSync } from './lake-sync.ts';
import { findUrlProblem } from './receiver-url.ts';
import { locations } from './regions.ts';
import { parseStrictJson } from './strict-json.ts';
import { foundIn, isSyncFile, type SyncFile, schemaProblems } from './sync-schema.ts';
import { toWatched, watchProblems } from './watch.ts';

export type SyncRead =
  | { readonly kind: 'read'; readonly sync: LakeSync }
  | { readonly kind: 'invalid'; readonly problems: readonly string[] };

export async function readSync(text: string): Promise<SyncRead> {
  const parsed = await parseStrictJson(text);
  if (parsed.kind === 'invalid') return parsed;
  const { value } = parsed;
  if (!isRecord(value))
    return { kind: 'invalid', problems: [`lake-sync.json must be one object: ${foundIn('', value)}`] };
  const problems = [
    ...schemaProblems(value),
    ...urlProblems(value['receiverUrl']),
    ...watchProblems(Array.isArray(value['watch']) ? value['watch'] : []),
  ];
  return problems.length === 0 && isSyncFile(value)
    ? { kind: 'read', sync: toLakeSync(value) }
    : { kind: 'invalid', problems };
}

function urlProblems(url: unknown): readonly string[] {
  const problem = typeof url === 'string' && url !== '' ? findUrlProblem(url) : undefined;
  return problem === undefined ? [] : [`"receiverUrl" must be ${problem.requirement}: ${problem.found}`];
}

function toLakeSync({ $schema: _, region, watch, ...members }: SyncFile): LakeSync {
  const location = locations.get(region.providerRegion);
  return { ...members, region: location === undefined ? region : { ...region, location }, watch: watch.map(toWatched) };
}
