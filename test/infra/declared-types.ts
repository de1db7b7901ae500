// Reads the properties in a client's declarations. It reads text, because generated code has only a few forms.
import type { TypeFacts } from './resource-types.ts';

/** The facts of a property, from the interface that is most like its neighbours. Resources do not name their class. */
export type DeclaredTypes = (name: string, siblings: readonly string[]) => TypeFacts;

export function declaredTypes(declarations: string): DeclaredTypes {
  // Choices of numbers have no words, so they are not distinguished here.
  const choices = new Map(
    [...knownChoices(declarations), ...literalChoices(declarations)].filter(([, words]) => words.length > 0),
  );
  const interfaces = interfacesIn(declarations);

  return (name, siblings) => {
    const candidates = interfaces.filter((properties) => properties.has(name));
    const [owner] = candidates.toSorted((one, other) => likeness(other, siblings) - likeness(one, siblings));
    const type = owner?.get(name)?.replace(/\[\]$/, '');
    if (type === 'string' || type === 'number' || type === 'boolean') return type;
    return choices.get(type ?? '') ?? 'any';
  };
}

type Properties = ReadonlyMap<string, string>;

function interfacesIn(declarations: string): Properties[] {
  return [...declarations.matchAll(/^export (?:declare )?interface \w+[^{]*\{\n([\s\S]*?)^\}/gm)].map(
    ([, body = '']) => {
      const properties = [...body.matchAll(/^ {4}(?:readonly )?(\w+)\??: (.+);$/gm)];
      return new Map(properties.map(([, name = '', type = '']) => [name, type]));
    },
  );
}

/** The number of names that they share. If that is equal, the smaller interface is closer. */
function likeness(properties: Properties, names: readonly string[]): number {
  return names.filter((name) => properties.has(name)).length + 1 / (1 + properties.size);
}

/** `enum KnownX { A = "a" }` beside `type X = string`: an open list of words. */
function knownChoices(declarations: string): [string, string[]][] {
  return [...declarations.matchAll(/^export declare enum Known(\w+) \{([^}]*)\}/gm)].map(([, name = '', body = '']) => [
    name,
    wordsOf(body),
  ]);
}

/** `type X = "a" | "b"`. */
function literalChoices(declarations: string): [string, string[]][] {
  return [...declarations.matchAll(/^export (?:declare )?type (\w+) = ("[^;]*);/gm)].map(([, name = '', body = '']) => [
    name,
    wordsOf(body),
  ]);
}

function wordsOf(text: string): string[] {
  return [...text.matchAll(/"([^"]*)"/g)].map(([, word = '']) => word).sort();
}
