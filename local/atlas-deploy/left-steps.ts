// Lists the parts of the app that the folder lacks. The deployment names them, and never changes them.
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

/** Our own trigger that left the folder still sends, until a person stops it. */
function noteOf({ name, isDisabled }: FoundTrigger): string {
  if (!name.startsWith('lake-sync-')) return 'not in the folder';
  if (isDisabled) return 'no longer in the folder, and disabled: delete it in the Atlas UI if nobody needs it';
  return 'no longer in the folder, and still sends: disable or delete it in the Atlas UI';
}
