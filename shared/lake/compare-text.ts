/** Compares UTF-16 units, the same on every machine. For resume tokens this is stream order. */
export function compareText(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
