// Compares the folder with Atlas, and lists the steps in their order. Pure.
import { type AppFolder, type FolderFunction, type FolderSource, type FolderValue, firstLineOf } from './app-folder.ts';
import type { AppState, Found } from './app-state.ts';
import type { SecretSetting } from './deploy-environment.ts';
import { hasLoads, initialLoadsValue, keptFields, mergedLoads } from './initial-loads.ts';
import type { JsonObject } from './json.ts';
import { leftSteps } from './left-steps.ts';
import { planSecrets } from './plan-secrets.ts';
import { planTrigger } from './plan-trigger.ts';
import { findNamed, type Planned, type Step, toConflict, toStep, type Write } from './step.ts';

export interface Plan {
  readonly steps: readonly Step[];
  readonly conflicts: readonly string[];
}

export function planDeployment(folder: AppFolder, state: AppState, secrets: ReadonlyMap<string, SecretSetting>): Plan {
  const plannedSecrets = planSecrets(folder, state, secrets);
  // Triggers come late: no event may reach an incomplete app.
  const planned = [
    planApp(folder, state),
    ...folder.sources.map((source) => planSource(source, state)),
    ...plannedSecrets.planned,
    ...folder.values.map((value) => planValue(value, state, plannedSecrets.absent)),
    ...folder.functions.map((one) => planFunction(one, state)),
    ...folder.triggers.map((trigger) => planTrigger(trigger, folder, state)),
  ];
  const steps = planned.flatMap((one) => (one.kind === 'step' ? [one.step] : []));
  const conflicts = planned.flatMap((one) => (one.kind === 'conflict' ? [one.text] : []));
  const loads = steps.filter(({ afterTriggers }) => afterTriggers);
  const others = steps.filter(({ afterTriggers }) => !afterTriggers);
  return { steps: [...others, ...loads, ...leftSteps(folder, state)], conflicts };
}

function planApp({ app }: AppFolder, { appId }: AppState): Planned {
  const named = { kind: 'app', name: app.name } as const;
  return toStep(appId === undefined ? { ...named, action: 'create', body: () => app } : { ...named, action: 'keep' });
}

function planSource({ name, type, config, clusterName }: FolderSource, { sources }: AppState): Planned {
  const named = { kind: 'data source', name } as const;
  const found = findNamed(sources, name);
  if (found === undefined) return toStep({ ...named, action: 'create', body: () => ({ name, type, config }) });
  if (found.members['type'] !== type)
    return toConflict(`data source ${name} must be a ${type}: in Atlas it is a ${String(found.members['type'])}`);
  const cluster = clusterOf(found);
  if (cluster !== undefined && cluster !== clusterName)
    return toConflict(`data source ${name} must be the cluster ${clusterName}: in Atlas it is ${cluster}`);
  return toStep({ ...named, action: 'keep' });
}

function clusterOf({ members: { config } }: Found): string | undefined {
  const isNamed = typeof config === 'object' && config !== null && 'clusterName' in config;
  return isNamed && typeof config.clusterName === 'string' ? config.clusterName : undefined;
}

/** A load must not begin before its trigger: changes between the two would be lost. */
const lastNote = 'only if all triggers run';

function planValue(
  { name, value: inFolder, fromSecret }: FolderValue,
  { values }: AppState,
  absent: ReadonlySet<string>,
): Planned {
  const isLoads = name === initialLoadsValue;
  const named = { kind: 'value', name } as const;
  if (fromSecret && absent.has(String(inFolder))) return toStep({ ...named, action: 'skip', note: 'it has no secret' });
  const found = findNamed(values, name);
  const bodyFor = (members: JsonObject | undefined) => {
    const value = isLoads ? mergedLoads(inFolder, members?.['value']) : inFolder;
    return { name, private: members?.['private'] === true, value, from_secret: fromSecret };
  };
  const { value } = bodyFor(found?.members);
  const kept = isLoads ? keptFields(inFolder, found?.members['value']) : [];
  const notes = kept.length === 0 ? [] : [`stays as in Atlas: ${kept.join(', ')}`];
  const order = isLoads && hasLoads(value) ? { afterTriggers: true, note: [lastNote, ...notes].join('; ') } : {};
  const body: Write['body'] = (_idOf, current) => bodyFor(isLoads ? current : found?.members);
  const write = { ...named, ...order, isShared: isLoads, body };
  if (found === undefined) return toStep({ ...write, action: 'create' });
  const isSameKind = (found.members['from_secret'] ?? fromSecret) === fromSecret;
  if (isSameKind && JSON.stringify(found.members['value']) === JSON.stringify(value))
    return toStep({ ...named, action: 'keep', note: notes.join() });
  return toStep({ ...write, action: 'update', id: found.id });
}

function planFunction(wanted: FolderFunction, { functions }: AppState): Planned {
  const { name } = wanted;
  const named = { kind: 'function', name } as const;
  const found = findNamed(functions, name);
  if (found === undefined) return toStep({ ...named, action: 'create', body: () => ({ ...wanted }) });
  const source = String(found.members['source'] ?? '');
  if (linesOf(source)[0] !== firstLineOf(name))
    return toConflict(
      `function ${name} must begin with "${firstLineOf(name)}": in Atlas it does not, so somebody else made it`,
    );
  const differing = differingMembers(wanted, found.members);
  if (differing.length === 0) return toStep({ ...named, action: 'keep' });
  const canEvaluate = found.members['can_evaluate'];
  const body = () => ({ ...(canEvaluate === undefined ? {} : { can_evaluate: canEvaluate }), ...wanted });
  return toStep({ ...named, action: 'update', id: found.id, note: differing.join(', '), body });
}

/** A member that the answer lacks does not count as a difference. */
function differingMembers(wanted: FolderFunction, found: JsonObject): string[] {
  const flags = (['private', 'run_as_system', 'disable_arg_logs'] as const).filter(
    (key) => found[key] !== undefined && found[key] !== wanted[key],
  );
  const isSame = linesOf(wanted.source).join('\n') === linesOf(String(found['source'])).join('\n');
  return [...(isSame ? [] : ['source']), ...flags];
}

/** Editors in a browser change line ends, and the end of the text. */
function linesOf(source: string): string[] {
  return source.trimEnd().split(/\r?\n/);
}
