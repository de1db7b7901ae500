// One step of a plan: a change in Atlas, or a part that stays.
import type { Found } from './app-state.ts';
import type { JsonObject } from './json.ts';

export type Kind = 'app' | 'data source' | 'secret' | 'value' | 'function' | 'trigger';

/** Returns the id of a part that exists, or that an earlier step created. */
export type IdOf = (kind: Kind, name: string) => string;

export type Step = NamedStep & (Write | { readonly action: 'keep' | 'skip' | 'leave' });

export interface NamedStep {
  readonly kind: Kind;
  readonly name: string;
  readonly note?: string;
  /** Made last, and only if all triggers run. */
  readonly afterTriggers?: boolean;
  /** People and other commands change the part too. So it is read again right before the write. */
  readonly isShared?: boolean;
}

export type Write =
  | { readonly action: 'create'; readonly body: BodyOf }
  | { readonly action: 'update' | 'set'; readonly id: string; readonly body: BodyOf };

/** `current` is a shared part as it is right before the write. Undefined if it does not exist. */
type BodyOf = (idOf: IdOf, current: JsonObject | undefined) => JsonObject;

/** A conflict is somebody else's part with one of our names. One conflict stops the whole deployment. */
export type Planned =
  | { readonly kind: 'step'; readonly step: Step }
  | { readonly kind: 'conflict'; readonly text: string };

export function isWrite(step: Step): step is NamedStep & Write {
  return step.action === 'create' || step.action === 'update' || step.action === 'set';
}

export function toStep(step: Step): Planned {
  return { kind: 'step', step };
}

export function toConflict(text: string): Planned {
  return { kind: 'conflict', text };
}

export function findNamed<T extends Found>(found: readonly T[], name: string): T | undefined {
  return found.find((one) => one.name === name);
}
