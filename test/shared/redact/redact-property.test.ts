import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { traceOf } from '../../../shared/events/event-outcome.ts';
import { lakePath } from '../../../shared/events/lake-path.ts';
import { redact } from '../../../shared/redact/redact.ts';
import { changeEvents, readEvent, tokenOf } from '../../support/change-events.ts';
import { fc } from '../../support/seeded.ts';
import { documentFormats } from '../../support/written.ts';
import { eventText, expectedUpdate, redactionsFor, tokenFor } from './event-of-trees.ts';
import { names, needles, object, rule, secretLeaf, type Tree, textOfTree } from './json-tree.ts';
import { fieldText, lineOf } from './redacted.ts';
import { decide, expectedOf, type PathRule, withSecrets } from './redaction-model.ts';

const naming = { directory: '', layout: 'partitioned', filePrefix: 'change' } as const;
const treeFields = [
  'fullDocument',
  'fullDocumentBeforeChange',
  'documentKey',
  'operationDescription',
  'stateBeforeChange',
  'data',
] as const;
const space = fc.constantFrom('', ' ', '\n\t', ' \r\n');
const operationType = fc.constantFrom(...Object.keys(changeEvents));
const rules = fc.array(rule, { minLength: 1, maxLength: 4 });
const pathName = fc
  .array(fc.constantFrom(...names, '0', '17'), { minLength: 1, maxLength: 4 })
  .map((parts) => parts.join('.'));
const update = fc.record({
  updatedFields: object,
  disambiguatedPaths: object,
  removedFields: fc.array(pathName),
  truncatedArrays: fc.array(pathName),
});
const fields = fc.dictionary(fc.constantFrom(...treeFields), object);

describe('redact() of any event', () => {
  it('leaves no secret in the line, the path or the log, in no format', () => {
    fc.assert(
      fc.property(
        operationType,
        fields,
        update,
        rules,
        secretLeaf,
        space,
        (type, trees, description, ofPaths, secret, gap) => {
          const plant = (tree: Tree): Tree => withSecrets(tree, ofPaths, secret);
          const planted = Object.fromEntries(Object.entries(trees).map(([name, tree]) => [name, plant(tree)]));
          const named = (list: readonly string[]): string[] =>
            list.map((name) => (decide([], name, ofPaths)?.isBelow ? `${name}.canary4711` : name));
          const text = eventText(
            type,
            planted,
            {
              updatedFields: plant(description.updatedFields),
              disambiguatedPaths: plant(description.disambiguatedPaths),
              removedFields: named(description.removedFields),
              truncatedArrays: named(description.truncatedArrays),
            },
            tokenFor(planted['documentKey'], ofPaths),
            gap,
          );

          const event = redact(readEvent(Buffer.from(text)), redactionsFor(ofPaths));

          const told = [
            ...documentFormats.map((format) => lineOf(event, format)),
            lakePath(event, naming),
            JSON.stringify(traceOf(event)),
          ];
          for (const needle of needles)
            assert.ok(!told.join('\n').toLowerCase().includes(needle), `${needle} in ${told.join('\n')}`);
          for (const line of told.slice(0, documentFormats.length)) assert.doesNotThrow(() => JSON.parse(line));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('changes the fields of the rules and nothing else', () => {
    fc.assert(
      fc.property(operationType, fields, update, rules, space, (type, trees, description, ofPaths, gap) => {
        const text = eventText(type, trees, description, tokenOf(1), gap);

        const event = redact(readEvent(Buffer.from(text)), redactionsFor(ofPaths));

        for (const [name, tree] of Object.entries(trees))
          assert.equal(compact(fieldText(event, name)), textOfTree(expectedOf(tree, ofPaths)), name);
        assert.equal(compact(fieldText(event, 'updateDescription')), expectedUpdate(description, ofPaths));
      }),
      { numRuns: 500 },
    );
  });

  it('returns the same event if nothing is redacted', () => {
    const absent = fc
      .constantFrom('x', 'a.x', 'A', 'e\u0301')
      .map((path): PathRule => ({ path: path.split('.'), action: 'drop' }));

    fc.assert(
      fc.property(
        operationType,
        object,
        update,
        fc.array(absent, { minLength: 1 }),
        space,
        (type, fullDocument, description, ofPaths, gap) => {
          const trees = { fullDocument, documentKey: fullDocument };
          const event = readEvent(Buffer.from(eventText(type, trees, description, tokenOf(1), gap)));

          assert.equal(redact(event, redactionsFor(ofPaths)), event);
        },
      ),
    );
  });
});

/** Removes the space between tokens. */
function compact(text: string): string {
  return text.replaceAll(/("(?:[^"\\]|\\.)*")|\s+/g, '$1');
}
