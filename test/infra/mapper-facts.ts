// Reads a generated mapper, the older form of Microsoft's clients.
import { isRecord } from '../../shared/json/record.ts';
import type { DeclaredTypes } from './declared-types.ts';
import { anyNameMark, listMark, type TypeFacts } from './resource-types.ts';

type Mappers = Readonly<Record<string, unknown>>;

const maxDepth = 7;

export function factsOfMapper(mappers: Mappers, name: string, declared: DeclaredTypes): TypeFacts {
  return factsOfClass(name, 0);

  function factsOfClass(className: string, depth: number): TypeFacts {
    const properties = recordIn(recordIn(mappers[className], 'type'), 'modelProperties');
    if (depth > maxDepth) return 'any';
    const facts = {};
    for (const [ownName, mapper] of Object.entries(properties))
      if (isRecord(mapper) && mapper['readOnly'] !== true)
        putAt(
          facts,
          String(mapper['serializedName']).split('.'),
          factsOf(ownName, recordIn(mapper, 'type'), Object.keys(properties), depth),
        );
    return facts;
  }

  function factsOf(
    ownName: string,
    type: Readonly<Record<string, unknown>>,
    siblings: readonly string[],
    depth: number,
  ): TypeFacts {
    switch (type['name']) {
      case 'Composite':
        return factsOfClass(String(type['className']), depth + 1);
      case 'Sequence':
        return { [listMark]: factsOf(ownName, recordIn(recordIn(type, 'element'), 'type'), siblings, depth) };
      case 'Dictionary':
        return { [anyNameMark]: 'any' };
      case 'Boolean':
        return 'boolean';
      case 'Number':
        return 'number';
      case 'Enum':
        return Array.isArray(type['allowedValues']) ? type['allowedValues'].map(String) : 'any';
      default:
        return declared(ownName, siblings);
    }
  }
}

/** `properties.sku.name` is three levels on the wire. */
function putAt(facts: object, path: readonly string[], value: TypeFacts): void {
  const [name = '', ...rest] = path;
  if (rest.length === 0) {
    Reflect.set(facts, name, value);
    return;
  }
  const below: unknown = Reflect.get(facts, name);
  const level = isRecord(below) ? below : {};
  Reflect.set(facts, name, level);
  putAt(level, rest, value);
}

function recordIn(value: unknown, name: string): Readonly<Record<string, unknown>> {
  const found = isRecord(value) ? value[name] : undefined;
  return isRecord(found) ? found : {};
}
