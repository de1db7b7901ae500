export type DumpFormat = 'bson' | 'json';

/** The format in the name of a file. Undefined for another name. */
export function dumpFormatOf(file: string): DumpFormat | undefined {
  const [, ending] = /\.(bson|json|jsonl|ndjson)(?:\.gz)?$/i.exec(file) ?? [];
  if (ending === undefined) return undefined;
  return ending.toLowerCase() === 'bson' ? 'bson' : 'json';
}

export function isCompressed(file: string): boolean {
  return /\.gz$/i.test(file);
}
