// The types of columns, the same for every engine. Each dialect has its own words for them.

export type ColumnType =
  | { readonly kind: 'boolean' }
  | { readonly kind: 'int64' }
  | { readonly kind: 'double' }
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number }
  | { readonly kind: 'timestamp' }
  | { readonly kind: 'date' }
  | { readonly kind: 'string' }
  | { readonly kind: 'binary' }
  | { readonly kind: 'json' };

/** A column of `latest` and `history`: a field of the documents, at its path, under a name. */
export interface Column {
  readonly path: readonly string[];
  readonly name: string;
  readonly type: ColumnType;
}

/** Every engine has decimals of 38 digits, and none of ours has more. */
export const maxPrecision = 38;

const plainKinds = ['boolean', 'int64', 'double', 'timestamp', 'date', 'string', 'binary', 'json'] as const;

export const typeNames = `${plainKinds.join(', ')} or decimal(p,s)`;

export function nameOfType(type: ColumnType): string {
  return type.kind === 'decimal' ? `decimal(${type.precision},${type.scale})` : type.kind;
}

/** Undefined if the text names no type. */
export function readTypeName(text: string): ColumnType | undefined {
  const kind = plainKinds.find((name) => name === text);
  if (kind !== undefined) return { kind };
  const [, precision, scale] = /^decimal\((\d{1,2}),\s*(\d{1,2})\)$/.exec(text) ?? [];
  if (precision === undefined || scale === undefined) return undefined;
  const isPossible = Number(precision) >= 1 && Number(precision) <= maxPrecision && Number(scale) <= Number(precision);
  return isPossible ? { kind: 'decimal', precision: Number(precision), scale: Number(scale) } : undefined;
}
