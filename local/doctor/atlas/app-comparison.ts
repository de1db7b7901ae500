// Reports each change that a deployment would make as a problem. Pure.
import type { Plan } from '../../atlas-deploy/plan.ts';
import { isWrite, type Kind, type Step } from '../../atlas-deploy/step.ts';
import { type Check, failed, ok } from '../check.ts';

const compared: readonly (readonly [Kind, string, string])[] = [
  ['data source', 'data source in Atlas', 'exists, and is linked to the cluster'],
  ['secret', 'secrets in Atlas', 'exist; Atlas does not show their content'],
  ['value', 'values in Atlas', 'exist, and agree with the folder'],
  ['function', 'functions in Atlas', 'agree with the folder'],
];

export function comparisons({ steps, conflicts }: Plan): Check[] {
  return compared.map(([kind, name, told]) => {
    const wrong = [
      ...steps.filter((step) => step.kind === kind && isWrite(step)).map(problemOf),
      ...of(kind, conflicts),
    ];
    if (wrong.length === 0) return ok(name, told);
    return failed(name, `must agree with the folder: ${wrong.join('; ')}`, fixOf(kind, wrong));
  });
}

function problemOf({ action, name, note }: Step): string {
  if (action === 'create') return `${name} is missing`;
  return `${name} differs${note === undefined ? '' : ` (${note})`}`;
}

/** A conflict begins with the kind, or with the variable of a secret. */
function of(kind: Kind, conflicts: readonly string[]): string[] {
  return conflicts.filter((text) => text.startsWith(`${kind} `) || (kind === 'secret' && /^LAKE_\w+ must/.test(text)));
}

function fixOf(kind: Kind, wrong: readonly string[]): string {
  if (kind === 'secret') return 'LAKE_RECEIVER_KEY=… LAKE_SIGNING_SECRET=… npm run atlas:deploy';
  return wrong.some((text) => text.includes('somebody else made it'))
    ? 'Atlas UI: rename the part that somebody else made, then npm run atlas:deploy'
    : 'npm run atlas:deploy';
}
