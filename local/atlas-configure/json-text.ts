// The layout of the files that this command writes. Biome has the same layout, in biome.json.

export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

export function toJsonText(value: Json): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
