// Finds the properties that a generated function writes. It lets the function write an object that has every property.
import type { DeclaredTypes } from './declared-types.ts';
import { anyNameMark, listMark, type TypeFacts } from './resource-types.ts';

const maxDepth = 9;

export function factsOfSerializer(serialize: unknown, declared: DeclaredTypes): TypeFacts {
  if (typeof serialize !== 'function') throw new Error('Cannot draw up: a serializer must be a function');
  return factsOf(serialize(everything('resource', 0)), declared);
}

const nameOf = Symbol('name');

/** An object with every property, at every depth. As a list it holds one such object. A call returns it. */
function everything(name: string, depth: number): unknown {
  const target = Object.assign(() => undefined, { [nameOf]: name });
  return new Proxy(target, {
    get: (_, key) => {
      if (key === nameOf) return name;
      if (key === 'map') return (write: (element: unknown) => unknown) => [write(everything(name, depth))];
      if (key === 'toISOString') return () => everything(name, depth);
      if (typeof key === 'symbol' || depth > maxDepth) return undefined;
      return everything(key, depth + 1);
    },
    // A record with the sender's own names, so nothing of it is known.
    ownKeys: () => [],
  });
}

function factsOf(written: unknown, declared: DeclaredTypes, siblings: readonly string[] = []): TypeFacts {
  if (typeof written === 'function') return declared(String(Reflect.get(written, nameOf)), siblings);
  if (Array.isArray(written)) return { [listMark]: factsOf(written[0], declared, siblings) };
  if (typeof written !== 'object' || written === null) return 'any';
  const entries = Object.entries(written).filter(([, value]) => value !== undefined);
  if (entries.length === 0) return { [anyNameMark]: 'any' };
  const names = entries.map(([name]) => name);
  return Object.fromEntries(entries.map(([name, value]) => [name, factsOf(value, declared, names)]));
}
