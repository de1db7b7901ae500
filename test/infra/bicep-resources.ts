// The resources that a Bicep file declares, and their differences from the published API.
import type { Node } from 'web-tree-sitter';
import { type BicepFile, childrenOf, descendantsOf, plainText, propertiesOf } from './bicep.ts';
import { anyNameMark, listMark, type TypeFacts, type TypeProperties } from './resource-types.ts';

export interface BicepResource {
  /** Includes the API version. */
  readonly type: string;
  readonly isExisting: boolean;
  readonly body: Node;
}

export function resourcesOf(file: BicepFile): BicepResource[] {
  return descendantsOf(file.tree, 'resource_declaration').map((declaration) => {
    const [body] = descendantsOf(declaration, 'object');
    if (body === undefined) throw new Error(`Cannot read ${file.path}: a resource must have a body`);
    return { type: fullTypeOf(declaration), isExisting: / existing =/.test(headOf(declaration)), body };
  });
}

function headOf(declaration: Node): string {
  return declaration.text.split('{', 1)[0] ?? '';
}

/** A nested resource names its own part of the type. The rest and the version come from the resource around it. */
function fullTypeOf(declaration: Node): string {
  const own = plainText(childrenOf(declaration).find(({ type }) => type === 'string')) ?? '';
  const around = enclosing(declaration);
  if (around === undefined) return own;
  const [type, version] = fullTypeOf(around).split('@');
  return `${type}/${own}@${version}`;
}

function enclosing(declaration: Node): Node | undefined {
  for (let node = declaration.parent; node !== null; node = node.parent)
    if (node.type === 'resource_declaration') return node;
  return undefined;
}

/** The properties that Bicep adds to every resource. */
const ofBicep = new Set(['name', 'parent', 'scope', 'dependsOn']);

export function problemsOf(body: Node, facts: TypeFacts): string[] {
  return propertiesOf(body)
    .filter(({ name }) => name === undefined || !ofBicep.has(name))
    .flatMap(({ name, value, at }) => problemsIn(name, value, at, facts));
}

function problemsIn(name: string | undefined, value: Node, at: Node, facts: TypeFacts): string[] {
  const line = at.startPosition.row + 1;
  if (!isProperties(facts)) return [];
  if (anyNameMark in facts) return [];
  const expected = name === undefined ? undefined : facts[name];
  if (expected === undefined) return [`line ${line}: "${name ?? at.text}" is no property here`];
  return valueProblems(value, expected).map((problem) => problem.replace('it', `line ${line}: "${name}"`));
}

function valueProblems(value: Node, facts: TypeFacts): string[] {
  switch (value.type) {
    case 'object':
      if (isProperties(facts))
        return propertiesOf(value).flatMap(({ name, value: of, at }) => problemsIn(name, of, at, facts));
      return facts === 'any' ? [] : [`it must be ${describe(facts)}, and is an object`];
    case 'array':
      if (isProperties(facts) && listMark in facts) {
        const of = facts[listMark] ?? 'any';
        return childrenOf(value).flatMap((element) => valueProblems(element, of));
      }
      return facts === 'any' ? [] : [`it must be ${describe(facts)}, and is a list`];
    case 'for_statement': {
      const body = value.childForFieldName('body');
      return isProperties(facts) && listMark in facts && body !== null
        ? valueProblems(body, facts[listMark] ?? 'any')
        : [];
    }
    case 'ternary_expression':
      return ['consequence', 'alternative'].flatMap((field) => {
        const branch = value.childForFieldName(field);
        return branch === null ? [] : valueProblems(branch, facts);
      });
    case 'string':
      return wordProblems(plainText(value), facts);
    case 'number':
      return facts === 'number' || facts === 'any' ? [] : [`it must be ${describe(facts)}, and is a number`];
    case 'boolean':
      return facts === 'boolean' || facts === 'any' ? [] : [`it must be ${describe(facts)}, and is a boolean`];
    default:
      return [];
  }
}

function wordProblems(word: string | undefined, facts: TypeFacts): string[] {
  if (facts === 'string' || facts === 'any') return [];
  if (Array.isArray(facts) && (word === undefined || facts.includes(word))) return [];
  return [`it must be ${describe(facts)}, and is ${word ?? 'a text'}`];
}

function describe(facts: TypeFacts): string {
  if (Array.isArray(facts)) return `one of ${facts.join(', ')}`;
  return typeof facts === 'string' ? `a ${facts}` : 'an object or a list';
}

function isProperties(facts: TypeFacts): facts is TypeProperties {
  return typeof facts === 'object' && !Array.isArray(facts);
}
