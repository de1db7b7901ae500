// What the app has and the folder has not: named once, never touched.
import type { AppFolder } from './app-folder.ts';
import type { AppState, Found, FoundTrigger } from './app-state.ts';
import type { Kind, Step } from './step.ts';

export function leftSteps(folder: AppFolder, state: AppState): Step[] {
  const secrets = folder.values.filter(({ fromSecret }) => fromSecret).map(({ value }) => ({ name: String(value) }));
  return [
    ...leftOf('data source', folder.sources, state.sources),
    ...leftOf('secret', secrets, state.secrets),
    ...leftOf('value', folder.values, state.values),
    ...leftOf('function', folder.functions, state.functions),
    ...leftOver(folder.triggers, state.triggers).map((trigger) => ({
      action: 'leave' as const,
      kind: 'trigger' as const,
      name: trigger.name,
      note: noteOf(trigger),
    })),
  ];
}

function leftOf(kind: Kind, wanted: readonly { readonly name: string }[], found: readonly Found[]): Step[] {
  return leftOver(wanted, found).map(({ name }) => ({ action: 'leave', kind, name, note: 'not in the folder' }));
}

function leftOver<T extends Found>(wanted: readonly { readonly name: string }[], found: readonly T[]): T[] {
  return found.filter(({ name }) => !wanted.some((one) => one.name === name));
}

/** One of ours that the folder once had goes on sending until a person ends it. */
function noteOf({ name, isDisabled }: FoundTrigger): string {
  if (!name.startsWith('lake-sync-')) return 'not in the folder';
  if (isDisabled) return 'no longer in the folder, and disabled: delete it in the Atlas UI when it is not needed';
  return 'no longer in the folder, and still sends: disable or delete it in the Atlas UI';
}
