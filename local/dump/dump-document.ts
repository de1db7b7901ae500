import type { Span } from '../../shared/json/json-text.ts';

export interface DumpDocument {
  /** Extended JSON, canonical or relaxed, free of faults. */
  readonly text: Uint8Array;
  /** Where in the file it starts, such as `line 12` or `byte 4096`. */
  readonly place: string;
  /** Where in the text its `_id` is, if the reader of the file has found it. */
  readonly id?: Span | undefined;
}
