import assert from 'node:assert/strict';
import { posix } from 'node:path';
import { describe, it } from 'node:test';
import type { Node } from 'web-tree-sitter';
import {
  type BicepFile,
  bicepFile,
  bicepFiles,
  childrenOf,
  descendantsOf,
  parseBicep,
  plainText,
  propertiesOf,
  propertyOf,
} from './bicep.ts';

/**
 * The functions of Bicep that are used here:
 * https://learn.microsoft.com/azure/azure-resource-manager/bicep/bicep-functions
 */
const functions = new Set(
  `allowed any base64 cidrSubnet concat contains deployer description empty environment export fail guid items loadJsonContent loadTextContent map maxLength
  maxValue minLength minValue newGuid onlyIfNotExists replace resourceGroup resourceId secure string subscription
  subscriptionResourceId union uniqueString`.split(/\s+/),
);

describe('the names in infra/', () => {
  for (const file of bicepFiles) {
    it(`are declared where they are used: ${file.path}`, () => {
      assert.deepEqual(undeclaredIn(file), []);
    });

    it(`are used where they are declared: ${file.path}`, () => {
      const names = declarationsIn(file, ['parameter_declaration', 'variable_declaration']);

      const unused = names.filter((name) => file.tree.text.match(new RegExp(`\\b${name}\\b`, 'g'))?.length === 1);

      assert.deepEqual(unused, []);
    });

    it(`exist in the modules: ${file.path}`, () => {
      for (const module of descendantsOf(file.tree, 'module_declaration')) assertParameters(file, module);
      for (const [text, module = '', output = ''] of file.tree.text.matchAll(/(\w+)!?\.outputs\.(\w+)/g)) {
        const target = moduleTarget(file, module);
        assert(target !== undefined && declarationsIn(target, ['output_declaration']).includes(output), text);
      }
    });
  }

  it('are refused if they are wrong', () => {
    const { text } = bicepFile('infra/app/identity.bicep').tree;

    const misspelt = parseBicep(text.replace('name: name', 'name: nam'));
    const unknownFunction = parseBicep(text.replace('name: name', 'name: toLowerr(name)'));

    assert.deepEqual(undeclaredIn(misspelt), ['nam']);
    assert.deepEqual(undeclaredIn(unknownFunction), ['toLowerr']);
  });
});

function undeclaredIn(file: BicepFile): string[] {
  const declared = new Set([
    ...declarationsIn(file, [
      'parameter_declaration',
      'variable_declaration',
      'resource_declaration',
      'module_declaration',
    ]),
    ...declarationsIn(file, ['type_declaration']),
    ...descendantsOf(file.tree, 'import_functionality').flatMap((node) => textsOf(node)),
    ...descendantsOf(file.tree, 'for_statement').flatMap(loopNames),
    ...descendantsOf(file.tree, 'lambda_expression').flatMap((node) => textsOf(node).slice(0, 1)),
  ]);
  return descendantsOf(file.tree, 'identifier')
    .filter((node) => !isNameOfItsOwn(node))
    .filter((node) => !(isCalled(node) ? functions : declared).has(node.text))
    .map(({ text }) => text);
}

function declarationsIn(file: BicepFile, types: readonly string[]): string[] {
  return types.flatMap((type) => descendantsOf(file.tree, type).map((node) => childrenOf(node)[0]?.text ?? ''));
}

function loopNames(loop: Node): string[] {
  const parameters = childrenOf(loop).find(({ type }) => type === 'for_loop_parameters');
  const initializer = loop.childForFieldName('initializer');
  return [...(parameters === undefined ? [] : childrenOf(parameters)), ...(initializer ? [initializer] : [])].map(
    ({ text }) => text,
  );
}

function textsOf(node: Node): string[] {
  return childrenOf(node).map(({ text }) => text);
}

/** The first part of a declaration and the key of a property are new names, and no uses. */
function isNameOfItsOwn(node: Node): boolean {
  const { parent } = node;
  const isFirst = parent !== null && childrenOf(parent)[0]?.id === node.id;
  return isFirst && /_declaration$|^object_property$/.test(parent.type) && parent.type !== 'lambda_expression';
}

function isCalled(node: Node): boolean {
  return node.parent?.type === 'call_expression' && node.parent.childForFieldName('function')?.id === node.id;
}

function moduleTarget(file: BicepFile, name: string): BicepFile | undefined {
  const module = descendantsOf(file.tree, 'module_declaration').find((node) => childrenOf(node)[0]?.text === name);
  const path = plainText(module && childrenOf(module)[1]);
  return path === undefined ? undefined : bicepFile(posix.join(posix.dirname(file.path), path));
}

function assertParameters(file: BicepFile, module: Node): void {
  const target = moduleTarget(file, childrenOf(module)[0]?.text ?? '');
  const [body] = descendantsOf(module, 'object');
  const params = body && propertyOf(body, 'params');
  assert(target !== undefined && params !== undefined, module.text);
  const given = propertiesOf(params).map(({ name }) => name);
  const taken = declarationsIn(target, ['parameter_declaration']);
  const needed = descendantsOf(target.tree, 'parameter_declaration').filter((node) => childrenOf(node).length === 2);

  for (const name of given) assert(name !== undefined && taken.includes(name), `${target.path} has no ${name}`);
  for (const node of needed)
    assert(given.includes(childrenOf(node)[0]?.text), `${target.path} needs ${childrenOf(node)[0]?.text}`);
}
