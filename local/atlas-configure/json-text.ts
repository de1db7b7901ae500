// JSON as Biome formats it, so that the check of the repository passes what the command writes.

export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

const lineWidth = 120;

export function toJsonText(value: Json): string {
  return `${lines(value, '', 0)}\n`;
}

/** `taken` is the length of other text on the value's first line, with its comma. */
function lines(value: Json, indent: string, taken: number): string {
  if (isList(value)) return listLines(value, indent, taken);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const inner = `${indent}  `;
  const members = Object.entries(value).map(([name, member]) => {
    const key = `${inner}${JSON.stringify(name)}: `;
    return key + lines(member, inner, key.length + 1);
  });
  return members.length === 0 ? '{}' : `{\n${members.join(',\n')}\n${indent}}`;
}

function listLines(list: readonly Json[], indent: string, taken: number): string {
  const isPlain = list.every((item) => typeof item !== 'object' || item === null);
  const line = `[${list.map((item) => JSON.stringify(item)).join(', ')}]`;
  if (isPlain && taken + line.length <= lineWidth) return line;
  const inner = `${indent}  `;
  return `[\n${list.map((item) => inner + lines(item, inner, inner.length + 1)).join(',\n')}\n${indent}]`;
}

/** Array.isArray does not narrow a readonly array. */
function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
