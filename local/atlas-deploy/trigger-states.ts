// The state of each trigger of the folder after the deployment. Pure.
import type { FolderTrigger } from './app-folder.ts';
import type { FoundTrigger } from './app-state.ts';
import { isHalted } from './plan-trigger.ts';

export interface TriggerState {
  readonly name: string;
  readonly text: string;
  /** Suspended, or off although the folder wants it on. Its events wait for a person. */
  readonly isHalted: boolean;
}

export const resumeAdvice = [
  'In the Atlas UI, under Triggers, resume each of them with its resume token. Then it continues after its last event.',
  'Without the token, later changes never reach the lake: see atlas-app/README.md. Then run this command again.',
].join('\n');

export function triggerStates(wanted: readonly FolderTrigger[], found: readonly FoundTrigger[]): TriggerState[] {
  return wanted.map((trigger) => {
    const exists = found.find(({ name }) => name === trigger.name);
    if (exists === undefined) return { name: trigger.name, text: 'missing', isHalted: true };
    return { name: trigger.name, text: textOf(trigger, exists), isHalted: isHalted(trigger, exists) };
  });
}

function textOf(wanted: FolderTrigger, { isDisabled, error }: FoundTrigger): string {
  if (error !== undefined) return `suspended: ${error}`;
  if (!isDisabled) return 'enabled';
  return wanted.disabled ? 'disabled, as the folder says' : 'disabled, by a person or because Atlas suspended it';
}
