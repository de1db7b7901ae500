// Change events made of trees, for the properties of redaction.
import { type Redactions, redactionsOf } from '../../../shared/redact/rules.ts';
import { changeEvents, tokenOf } from '../../support/change-events.ts';
import { type Tree, textOfTree } from './json-tree.ts';
import { redactSecret } from './redacted.ts';
import { decide, expectedOf, type PathRule } from './redaction-model.ts';

export interface UpdateTrees {
  readonly updatedFields: Tree;
  readonly disambiguatedPaths: Tree;
  readonly removedFields: readonly string[];
  readonly truncatedArrays: readonly string[];
}

export function eventText(
  type: string,
  trees: Readonly<Record<string, Tree>>,
  description: UpdateTrees,
  token: string,
  gap: string,
): string {
  const head = JSON.stringify({
    ...changeEvents.insert,
    _id: { _data: token },
    operationType: type,
    fullDocument: undefined,
    documentKey: undefined,
  });
  const members = Object.entries(trees).map(([name, tree]) => `,${gap}"${name}"${gap}:${textOfTree(tree, gap)}${gap}`);
  return `${head.slice(0, -1)}${members.join('')},"updateDescription":${updateText(description, gap)}}`;
}

function updateText(
  { updatedFields, disambiguatedPaths, removedFields, truncatedArrays }: UpdateTrees,
  gap = '',
): string {
  const truncated = truncatedArrays.map((field) => ({ field, newSize: 1 }));
  const trees = `"updatedFields":${textOfTree(updatedFields, gap)},"disambiguatedPaths":${textOfTree(disambiguatedPaths, gap)}`;
  return `{"removedFields":${JSON.stringify(removedFields)},${trees},"truncatedArrays":${JSON.stringify(truncated)}}`;
}

export function expectedUpdate(description: UpdateTrees, ofPaths: readonly PathRule[]): string {
  return updateText({
    updatedFields: expectedOf(description.updatedFields, ofPaths),
    disambiguatedPaths: expectedOf(description.disambiguatedPaths, ofPaths),
    removedFields: description.removedFields.filter((name) => {
      const decision = decide([], name, ofPaths);
      return decision === undefined || (!decision.isBelow && decision.action !== 'drop');
    }),
    truncatedArrays: description.truncatedArrays.filter((name) => decide([], name, ofPaths) === undefined),
  });
}

/** Adds the secret in hex if the rules are about values that a token can contain. */
export function tokenFor(documentKey: Tree | undefined, ofPaths: readonly PathRule[]): string {
  const isChanged = documentKey && textOfTree(expectedOf(documentKey, ofPaths)) !== textOfTree(documentKey);
  const isOfKey = ofPaths.some(({ path }) => path.find((name) => name !== '0') === '_id');
  const mayTell = isChanged || isOfKey || documentKey === undefined;
  return mayTell ? tokenOf(1) + Buffer.from('canary471100').toString('hex').toUpperCase() : tokenOf(1);
}

export function redactionsFor(ofPaths: readonly PathRule[]): Redactions {
  const withoutPositions = ofPaths.map(({ path, action }) => ({ path: path.filter((name) => name !== '0'), action }));
  return redactionsOf(
    withoutPositions.map((one) => ({ namespace: '*', ...one })),
    redactSecret,
  );
}
