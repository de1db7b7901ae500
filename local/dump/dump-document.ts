import type { Marks } from '../../shared/extended-json/marks.ts';
import type { Span } from '../../shared/json/json-text.ts';

/** A document of a dump. Its bytes are valid until the next one is read, because the memory is used again. */
export interface DumpDocument extends Span {
  /** Holds the document from `start` to `end`: valid Extended JSON, canonical or relaxed. */
  readonly text: Buffer;
  /** The place of its `_id` in the text, if the reader of the file has found it. */
  readonly id?: Span | undefined;
  /** The places in the text of values that a format can change, if the reader of the file has seen them. */
  readonly marks?: Marks | undefined;
  /** The place in the file of a position in the text, such as `line 12` or `byte 4096`. */
  readonly placeAt: (at: number) => string;
}

/** Reads the documents that end in one piece of a file. A document that cannot be read throws a DumpFault. */
export interface DumpReader {
  /** Undefined after the last one. */
  readonly next: () => DumpDocument | undefined;
}

export function placeOf({ placeAt, start }: DumpDocument): string {
  return placeAt(start);
}
