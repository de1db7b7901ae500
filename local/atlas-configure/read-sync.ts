// From the text of lake-sync.json to its meaning, or to every problem at once.
import { isRecord } from '../../shared/json/record.ts';
import type { LakeSync } from './lake-sync.ts';
import { foundIn, type MemberReader, memberReader } from './member-reader.ts';
import { readWatch } from './read-watch.ts';
import { findUrlProblem } from './receiver-url.ts';
import { deploymentModels, globalRegions, locations, type Region } from './regions.ts';
import { parseStrictJson } from './strict-json.ts';

export type SyncRead =
  | { readonly kind: 'read'; readonly sync: LakeSync }
  | { readonly kind: 'invalid'; readonly problems: readonly string[] };

const known = [
  ...['app', 'cluster', 'dataSource', 'receiverUrl', 'region', 'watch'],
  ...['drainEveryMinutes', 'batchEvents', 'batchSeconds'],
];

export async function readSync(text: string): Promise<SyncRead> {
  const parsed = await parseStrictJson(text);
  if (parsed.kind === 'invalid') return { kind: 'invalid', problems: parsed.problems };
  if (!isRecord(parsed.value))
    return { kind: 'invalid', problems: [`lake-sync.json must hold one object: ${foundIn(parsed.value)}`] };
  const problems: string[] = [];
  // For editors: lake-sync.schema.json completes and checks the file there.
  const { $schema: _, ...members } = parsed.value;
  const sync = readMembers(members, problems);
  return problems.length > 0 ? { kind: 'invalid', problems } : { kind: 'read', sync };
}

function readMembers(object: Readonly<Record<string, unknown>>, problems: string[]): LakeSync {
  const members = memberReader(object, '', known, problems);
  return {
    app: members.text('app', '1 to 32 letters, digits, _ and -', (text) => /^[\w-]{1,32}$/.test(text)),
    cluster: members.text('cluster', 'the name of an Atlas cluster: 1 to 64 letters, digits and -', (text) =>
      /^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/.test(text),
    ),
    dataSource: members.text('dataSource', '1 to 64 letters, digits, _ and -', (text) => /^[\w-]{1,64}$/.test(text)),
    receiverUrl: readReceiverUrl(members),
    region: readRegion(object['region'], problems),
    watch: readWatch(object['watch'], problems),
    drainEveryMinutes: members.count(
      'drainEveryMinutes',
      1,
      'a whole number from 1 to 60 that divides an hour',
      (count) => count > 0 && 60 % count === 0,
    ),
    batchEvents: members.count(
      'batchEvents',
      1000,
      'a whole number from 1 to 1000',
      (count) => count >= 1 && count <= 1000,
    ),
    batchSeconds: members.count(
      'batchSeconds',
      60,
      'a whole number from 1 to 3600',
      (count) => count >= 1 && count <= 3600,
    ),
  };
}

function readReceiverUrl(members: MemberReader): string {
  const url = members.text('receiverUrl', 'the whole address of the receiver', (text) => text !== '');
  const problem = url === '' ? undefined : findUrlProblem(url);
  if (problem !== undefined) members.mustBe('receiverUrl', problem.requirement, problem.found);
  return url;
}

function readRegion(value: unknown, problems: string[]): Region {
  if (!isRecord(value))
    problems.push(`"region" must be an object such as { "providerRegion": "azure-eastus2" }: ${foundIn(value)}`);
  const members = memberReader(isRecord(value) ? value : {}, 'region', ['deploymentModel', 'providerRegion'], problems);
  const deploymentModel = members.choice('deploymentModel', deploymentModels);
  const regions = deploymentModel === 'GLOBAL' ? globalRegions : [...locations.keys()];
  const allowed = `one of ${regions.join(', ')}${deploymentModel === 'GLOBAL' ? ' for a GLOBAL app' : ''}`;
  const providerRegion = isRecord(value)
    ? members.text('providerRegion', allowed, (text) => regions.includes(text))
    : '';
  const location = locations.get(providerRegion);
  return { deploymentModel, providerRegion, ...(location === undefined ? {} : { location }) };
}
