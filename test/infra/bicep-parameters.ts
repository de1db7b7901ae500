// The parameters that a Bicep file declares, with their decorators.
import type { Node } from 'web-tree-sitter';
import { childrenOf, descendantsOf, plainText } from './bicep.ts';

export interface BicepParameter {
  readonly name: string;
  readonly byDefault: string | undefined;
  readonly allowed: readonly string[] | undefined;
  readonly description: string | undefined;
  readonly min: string | undefined;
  readonly max: string | undefined;
}

/** A decorator is a separate node before the node that it decorates. */
export function readParameters(tree: Node): BicepParameter[] {
  return descendantsOf(tree, 'parameter_declaration').map((node) => {
    const [name, , byDefault] = childrenOf(node);
    const before = node.previousNamedSibling;
    const calls = before?.type === 'decorators' ? descendantsOf(before, 'decorator') : [];
    const argument = (decorator: string): Node | undefined => {
      const call = calls.find(({ text }) => text.startsWith(`@${decorator}(`));
      const [list] = call ? descendantsOf(call, 'arguments') : [];
      return list && childrenOf(list)[0];
    };
    return {
      name: name?.text ?? '',
      byDefault: plainText(byDefault) ?? byDefault?.text,
      allowed: argument('allowed')?.type === 'array' ? wordsOf(argument('allowed')) : undefined,
      description: plainText(argument('description')),
      min: argument('minValue')?.text,
      max: argument('maxValue')?.text,
    };
  });
}

function wordsOf(list: Node | undefined): string[] | undefined {
  const words = list === undefined ? [] : childrenOf(list).map((word) => plainText(word) ?? word.text);
  return words.length === 0 ? undefined : words;
}
