// The alert rules of a deployment with every part and no parameter, as Bicep declares them.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Node } from 'web-tree-sitter';
import { root } from '../../../local/paths.ts';
import { bicepFile, descendantsOf, plainText, propertyOf } from '../../infra/bicep.ts';

export interface AlertRule {
  readonly name: string;
  readonly query: string;
  /** The measured column. */
  readonly column: string;
  readonly aggregation: string;
  /** The alert fires if the measure is greater. */
  readonly threshold: number;
  /** Minutes: the measured span, the time between two looks, and how far back the query sees. */
  readonly window: number;
  readonly every: number;
  readonly range: number;
}

export function alertRules(): AlertRule[] {
  const { tree } = bicepFile('infra/app/alerts.bicep');
  for (const text of ["operator: 'GreaterThan'", 'numberOfEvaluationPeriods: 1', 'minFailingPeriodsToAlert: 1'])
    assert(tree.text.includes(text), text);
  return descendantsOf(tree, 'object')
    .filter((object) => propertyOf(object, 'aggregation') !== undefined)
    .map(ruleOf);
}

function ruleOf(object: Node): AlertRule {
  const text = (name: string) => plainText(required(object, name)) ?? '';
  const rule = required(object, 'rule');
  const settings = rule.type === 'object' ? rule : givenTo(rule.text);
  const range = required(object, 'range');
  const window = minutesOf(required(settings, 'window'));
  return {
    ...{ name: text('name'), column: text('column'), aggregation: text('aggregation') },
    query: queryOf(required(object, 'query').text),
    threshold: Number(required(settings, 'threshold').text),
    window,
    every: minutesOf(required(settings, 'every')),
    range: plainText(range) === undefined ? window : minutesOf(range),
  };
}

/** The file of the query. In some rules, the hours of a parameter replace a text in it. */
function queryOf(expression: string): string {
  const [, file = ''] = /loadTextContent\('([^']+)'\)/.exec(expression) ?? [];
  const query = readFileSync(join(root, 'infra/app', file), 'utf8');
  const [, from, to = ''] = /^replace\(.*, '([^']+)', '([^']+)'\)$/.exec(expression) ?? [];
  if (from === undefined) return query;
  assert(query.includes(from), from);
  return query.replace(
    from,
    to.replace(/\$\{(\w+)\.hours\}/, (_, name: string) => required(givenTo(name), 'hours').text),
  );
}

/** The value that main.bicep passes to a parameter of alerts.bicep by default. */
function givenTo(name: string): Node {
  const { tree } = bicepFile('infra/main.bicep');
  const module = descendantsOf(tree, 'module_declaration').find((node) => node.text.includes("'app/alerts.bicep'"));
  const params = module && descendantsOf(module, 'object').find((object) => propertyOf(object, name) !== undefined);
  const parameter = params && propertyOf(params, name)?.text;
  const declared = descendantsOf(tree, 'parameter_declaration').find((node) =>
    node.text.startsWith(`param ${parameter} `),
  );
  const [object] = declared === undefined ? [] : descendantsOf(declared, 'object');
  if (object === undefined)
    throw new Error(`Cannot read alerts: main.bicep must give "${name}" a default: it does not`);
  return object;
}

function required(object: Node, name: string): Node {
  const value = propertyOf(object, name);
  if (value === undefined) throw new Error(`Cannot read alerts: a rule must have "${name}": ${object.text}`);
  return value;
}

function minutesOf(duration: Node): number {
  const [, days = '0', hours = '0', minutes = '0'] =
    /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?$/.exec(plainText(duration) ?? '') ?? [];
  return Number(days) * 1440 + Number(hours) * 60 + Number(minutes);
}
