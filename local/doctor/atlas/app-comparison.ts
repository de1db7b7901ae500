// What a deployment would change or make, read as what is wrong. Pure.
import type { Plan } from '../../atlas-deploy/plan.ts';
import { isWrite, type Kind, type Step } from '../../atlas-deploy/step.ts';
import { type Check, failed, ok } from '../check.ts';

const compared: readonly (readonly [Kind, string, string])[] = [
  ['data source', 'data source in Atlas', 'there, and linked to the cluster'],
  ['secret', 'secrets in Atlas', 'there, as far as Atlas shows'],
  ['value', 'values in Atlas', 'there, and as the folder says'],
  ['function', 'functions in Atlas', "the repository's own"],
];

export function comparisons({ steps, conflicts }: Plan): Check[] {
  return compared.map(([kind, name, told]) => {
    const wrong = [
      ...steps.filter((step) => step.kind === kind && isWrite(step)).map(problemOf),
      ...of(kind, conflicts),
    ];
    if (wrong.length === 0) return ok(name, told);
    return failed(name, `must be as the folder says: ${wrong.join('; ')}`, fixOf(kind, wrong));
  });
}

function problemOf({ action, name, note }: Step): string {
  if (action === 'create') return `${name} is missing`;
  return `${name} is another${note === undefined ? '' : ` (${note})`}`;
}

/** A conflict begins with the kind, or with the variable of a secret. */
function of(kind: Kind, conflicts: readonly string[]): string[] {
  return conflicts.filter((text) => text.startsWith(`${kind} `) || (kind === 'secret' && /^LAKE_\w+ must/.test(text)));
}

function fixOf(kind: Kind, wrong: readonly string[]): string {
  if (kind === 'secret') return 'LAKE_RECEIVER_KEY=… LAKE_SIGNING_SECRET=… npm run atlas:deploy';
  return wrong.some((text) => text.includes('somebody else made it'))
    ? 'Atlas UI: rename what stands in the way, then npm run atlas:deploy'
    : 'npm run atlas:deploy';
}
