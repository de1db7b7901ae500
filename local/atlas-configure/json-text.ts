// The files that this command writes. biome.json lets Biome lay them out in the same way.

export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

export function toJsonText(value: Json): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
