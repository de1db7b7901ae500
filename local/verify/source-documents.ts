// Makes the documents that the lake should have, as the lake writes them: in its format, and after redaction.
import type { Settings } from '../../shared/app/settings.ts';
import { pickDocument } from '../../shared/events/document.ts';
import { type DocumentFormat, formats } from '../../shared/format/formats.ts';
import { writeValue } from '../../shared/format/write-value.ts';
import { byteWriter } from '../../shared/json/byte-writer.ts';
import { bufferOf, type Span } from '../../shared/json/json-text.ts';
import { readRedactedEvent } from '../../shared/redact/redact.ts';
import type { Redactions } from '../../shared/redact/rules.ts';
import { type DumpDocument, placeOf } from '../dump/dump-document.ts';
import { dumpDocuments } from '../dump/dump-documents.ts';
import { DumpFault } from '../dump/dump-fault.ts';
import { filePieces } from '../dump/file-pieces.ts';
import { idList } from '../dump/id-list.ts';
import type { Dump } from '../load/load-dump.ts';
import { isRedacted, type Snapshot } from '../load/snapshot.ts';
import { documentKey, eventKeys, snapshotDocuments } from '../load/snapshot-document.ts';
import { snapshotEvents } from '../load/snapshot-event.ts';
import { digestOf as eventDigest } from '../load/snapshot-token.ts';

export interface SourceDocument {
  /** The document key and the document, as the lake has them. */
  readonly key: string;
  readonly data: string;
  /** Differs for documents that differ in the source. Undefined if their keys in the lake differ anyway. */
  readonly identity?: string | undefined;
  /** The bytes of its text in the source. */
  readonly bytes: number;
  /** Makes its snapshot event, as it is before redaction. */
  readonly event: () => Uint8Array;
}

export async function* sourceDocuments(
  dumps: readonly Dump[],
  snapshot: Snapshot,
  settings: Settings,
  onRead: (bytes: number) => void,
): AsyncGenerator<SourceDocument> {
  const sourceOf = sourceReader(snapshot, settings);
  for (const { file, format } of dumps) {
    try {
      for await (const group of dumpDocuments(file, format, onRead))
        for (const document of group) yield sourceOf(document);
    } catch (error) {
      throw faultIn(file, error);
    }
  }
}

/** Reads a file with an array of `_id`s, in Extended JSON. */
export async function* expectedIds(
  file: string,
  snapshot: Snapshot,
  settings: Settings,
  onRead: (bytes: number) => void,
): AsyncGenerator<SourceDocument> {
  const sourceOf = sourceReader(snapshot, settings);
  try {
    for await (const ids of idList(filePieces(file, onRead)))
      for (const id of ids) {
        const text = Buffer.concat([beforeId, id, afterId]);
        yield sourceOf({ text, start: 0, end: text.length, placeAt: () => 'an "_id"' });
      }
  } catch (error) {
    throw faultIn(file, error);
  }
}

const [beforeId, afterId] = [Buffer.from('{"_id":'), Buffer.from('}')];

function faultIn(file: string, error: unknown): unknown {
  return error instanceof DumpFault ? new DumpFault(error.requirement, error.place, { cause: error, file }) : error;
}

function sourceReader(
  snapshot: Snapshot,
  { redactions, documentFormat }: Settings,
): (read: DumpDocument) => SourceDocument {
  const documentOf = snapshotDocuments(snapshot);
  const eventOf = snapshotEvents(snapshot);
  const eventKey = eventKeys(snapshot);
  const isKeptWhole = !isRedacted(snapshot, redactions);
  const canShareKeys = documentFormat === 'simple' || !isKeptWhole;
  return (read) => {
    const document = documentOf(read);
    const event = () => eventOf(document);
    const kept = isKeptWhole
      ? { key: documentKey(document), text: document.text }
      : redacted(event(), placeOf(read), redactions);
    return {
      key: written(Buffer.from(kept.key), documentFormat),
      data: written(kept.text, documentFormat),
      identity: canShareKeys ? eventDigest(eventKey(document)) : undefined,
      bytes: read.text.length,
      event,
    };
  };
}

/** The key and the document that redaction leaves. */
function redacted(event: Uint8Array, place: string, redactions: Redactions | undefined): Kept {
  const read = readRedactedEvent(event, { start: 0, end: event.length }, redactions);
  if (read.kind === 'refused') throw new DumpFault('a document must make a change event', place);
  const { text, fields } = read.event;
  const bytesOf = (span: Span | undefined) => span && bufferOf(text).subarray(span.start, span.end);
  return {
    key: bytesOf(fields.get('documentKey'))?.toString() ?? 'null',
    text: bytesOf(pickDocument(read.event)),
  };
}

interface Kept {
  readonly key: string;
  readonly text: Uint8Array | undefined;
}

function written(text: Uint8Array | undefined, documentFormat: DocumentFormat): string {
  if (text === undefined) return 'null';
  const out = byteWriter(text.length + 64);
  writeValue(out, text, { start: 0, end: text.length }, formats[documentFormat]);
  return bufferOf(out.bytes()).toString('utf8');
}
