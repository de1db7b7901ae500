import type { Marks } from '../../shared/extended-json/marks.ts';
import type { Span } from '../../shared/json/json-text.ts';

/** A document of a dump. Its bytes are valid until the next one is read: the memory is used again. */
export interface DumpDocument extends Span {
  /** Has the document from `start` to `end`, as Extended JSON, canonical or relaxed, free of faults. */
  readonly text: Buffer;
  /** Where in the text its `_id` is, if the reader of the file has found it. */
  readonly id?: Span | undefined;
  /** Where in the text the reader of the file has seen values that a format can change. */
  readonly marks?: Marks | undefined;
  /** Where in the file a position of the text is, such as `line 12` or `byte 4096`. */
  readonly placeAt: (at: number) => string;
}

/** Reads the documents that end in one piece of a file. A document that cannot be read throws a DumpFault. */
export interface DumpReader {
  /** Undefined behind the last one. */
  readonly next: () => DumpDocument | undefined;
}

export function placeOf({ placeAt, start }: DumpDocument): string {
  return placeAt(start);
}
