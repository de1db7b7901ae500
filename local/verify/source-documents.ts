// The documents that the lake should have, as the lake writes them: in its format, and after redaction.
import { readFileSync } from 'node:fs';
import type { Settings } from '../../shared/app/settings.ts';
import { pickDocument } from '../../shared/events/document.ts';
import { formats } from '../../shared/format/formats.ts';
import { writeValue } from '../../shared/format/write-value.ts';
import { byteWriter } from '../../shared/json/byte-writer.ts';
import { findJsonFault } from '../../shared/json/json-fault.ts';
import { elementsOf, openBracket, type Span, skipSpace } from '../../shared/json/json-text.ts';
import { readRedactedEvent } from '../../shared/redact/redact.ts';
import type { DumpDocument } from '../dump/dump-document.ts';
import { dumpDocuments } from '../dump/dump-documents.ts';
import { DumpFault } from '../dump/dump-fault.ts';
import type { Dump } from '../load/load-dump.ts';
import { type Snapshot, snapshotEvent } from '../load/snapshot-event.ts';

export interface SourceDocument {
  /** The document key and the document, as the lake has them. */
  readonly key: string;
  readonly data: string;
  /** Its snapshot event, as it was before redaction. */
  readonly event: Uint8Array;
}

export async function* sourceDocuments(
  dumps: readonly Dump[],
  snapshot: Snapshot,
  settings: Settings,
  onRead: (bytes: number) => void,
): AsyncGenerator<SourceDocument> {
  for (const { file, format } of dumps) {
    try {
      for await (const document of dumpDocuments(file, format, onRead))
        yield sourceDocument(document, snapshot, settings);
    } catch (error) {
      if (!(error instanceof DumpFault)) throw error;
      throw new DumpFault(error.requirement, error.place, { cause: error, file });
    }
  }
}

/** A file with an array of `_id`s, in Extended JSON. */
export function* expectedIds(file: string, snapshot: Snapshot, settings: Settings): Generator<SourceDocument> {
  const text = readFileSync(file);
  const start = skipSpace(text, 0);
  if (findJsonFault(text) !== undefined || text[start] !== openBracket)
    throw new DumpFault('the file must be an array of "_id"s in Extended JSON', 'its beginning', { file });
  for (const [index, id] of (elementsOf(text, start, Number.MAX_SAFE_INTEGER) ?? []).entries()) {
    const document = Buffer.concat([Buffer.from('{"_id":'), text.subarray(id.start, id.end), Buffer.from('}')]);
    yield sourceDocument({ text: document, place: `element ${index + 1}` }, snapshot, settings);
  }
}

function sourceDocument(document: DumpDocument, snapshot: Snapshot, settings: Settings): SourceDocument {
  const event = snapshotEvent(document, snapshot);
  const read = readRedactedEvent(event, { start: 0, end: event.length }, settings.redactions);
  if (read.kind === 'refused') throw new DumpFault('a document must make a change event', document.place);
  const { text, fields } = read.event;
  const written = (span: Span | undefined): string => {
    if (span === undefined) return 'null';
    const out = byteWriter(span.end - span.start + 64);
    writeValue(out, text, span, formats[settings.documentFormat]);
    return Buffer.from(out.bytes()).toString('utf8');
  };
  return { key: written(fields.get('documentKey')), data: written(pickDocument(read.event)), event };
}
