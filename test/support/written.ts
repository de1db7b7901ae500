import { pickDocument } from '../../shared/events/document.ts';
import { envelopeLine } from '../../shared/events/envelope.ts';
import { type DocumentFormat, formats } from '../../shared/format/formats.ts';
import { writeValue } from '../../shared/format/write-value.ts';
import { byteWriter } from '../../shared/json/byte-writer.ts';
import { type EventFields, readEvent } from './change-events.ts';

export const documentFormats = ['relaxed', 'canonical', 'simple'] as const satisfies readonly DocumentFormat[];

/** The value in the format. */
export function written(text: string, format: DocumentFormat): string {
  const bytes = Buffer.from(text);
  const out = byteWriter(16);
  writeValue(out, bytes, { start: 0, end: bytes.length }, formats[format]);
  return Buffer.from(out.bytes()).toString();
}

/** The line in the event's file. */
export function lineText(text: string, format: DocumentFormat = 'relaxed'): string {
  const event = readEvent(Buffer.from(text));
  return Buffer.from(envelopeLine(event, pickDocument(event), formats[format])).toString();
}

export function lineOf(fields: EventFields, format: DocumentFormat = 'canonical'): Readonly<Record<string, unknown>> {
  return JSON.parse(lineText(JSON.stringify(fields), format));
}
