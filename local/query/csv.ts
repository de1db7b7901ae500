// RFC 4180. Null is an empty field. An empty text has quotes, so that it differs from a null.
import { type PlainValue, textOf } from './result-values.ts';

export function csvLine(values: readonly PlainValue[]): string {
  return values.map((value) => (value === null ? '' : csvField(textOf(value)))).join();
}

function csvField(text: string): string {
  return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
