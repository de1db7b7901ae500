// Bicep files as trees. The grammar is tree-sitter's, not Microsoft's. It shows only that a file is well formed.
import { globSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Language, type Node, Parser } from 'web-tree-sitter';
import { root } from '../../local/paths.ts';

export interface BicepFile {
  readonly path: string;
  readonly tree: Node;
}

await Parser.init();
const parser = new Parser();
parser.setLanguage(
  await Language.load(createRequire(import.meta.url).resolve('tree-sitter-bicep/tree-sitter-bicep.wasm')),
);

export function parseBicep(text: string, path = 'text.bicep'): BicepFile {
  const tree = parser.parse(text);
  if (tree === null) throw new Error(`Cannot parse ${path}: it must be Bicep`);
  return { path, tree: tree.rootNode };
}

export const bicepFiles: readonly BicepFile[] = globSync('infra/**/*.bicep', { cwd: root })
  .map((path) => path.replaceAll('\\', '/'))
  .sort()
  .map((path) => parseBicep(readFileSync(join(root, path), 'utf8'), path));

export function bicepFile(path: string): BicepFile {
  const file = bicepFiles.find((one) => one.path === path);
  if (file === undefined) throw new Error(`Cannot find ${path}: it must be in infra/`);
  return file;
}

export function childrenOf(node: Node): Node[] {
  return node.namedChildren.filter((child) => child !== null && child.type !== 'comment');
}

export function descendantsOf(node: Node, type: string): Node[] {
  return node.descendantsOfType(type).filter((one) => one !== null);
}

/** The text of a plain string. Undefined for a string with an expression, and for other nodes. */
export function plainText(node: Node | undefined): string | undefined {
  if (node?.type !== 'string' || descendantsOf(node, 'interpolation').length > 0) return undefined;
  return node.text.startsWith("'''") ? node.text.slice(3, -3) : node.text.slice(1, -1);
}

/** The name and the value of each property, without nested resources. The name is undefined if it is an expression. */
export function propertiesOf(
  object: Node,
): { readonly name: string | undefined; readonly value: Node; readonly at: Node }[] {
  return childrenOf(object).flatMap((at) => {
    const [key, value] = childrenOf(at);
    if (at.type !== 'object_property' || key === undefined || value === undefined) return [];
    return [{ name: key.type === 'string' ? plainText(key) : key.text, value, at }];
  });
}

export function propertyOf(object: Node, name: string): Node | undefined {
  return propertiesOf(object).find((property) => property.name === name)?.value;
}
