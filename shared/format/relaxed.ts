// Extended JSON v2, relaxed: numbers are JSON's own, with every digit of 64-bit integers.

import { writeIso, yearTenThousandMs } from '../extended-json/dates.ts';
import { bareSpelling, isJsonNumber } from '../extended-json/numbers.ts';
import type { TypedValue } from '../extended-json/typed-value.ts';
import { type ByteWriter, byteWriter } from '../json/byte-writer.ts';
import { digitZero } from '../json/json-bytes.ts';
import { bufferOf } from '../json/json-text.ts';
import { canonical } from './canonical.ts';
import type { Format } from './format.ts';

export const relaxed: Format = {
  rewrites: canonical.rewrites,
  typed,
  strings: new Set(),
  number: bareSpelling,
  wrapsNumbers: false,
  plain: { number: 'bare', text: 'copied', binary: 'copied', date: writeDate },
  guarded: new Set(['$timestamp', '$minKey', '$maxKey']),
  plainScope: false,
};

function typed(value: TypedValue): string {
  switch (value.type) {
    case 'int32':
    case 'int64':
      return value.digits;
    case 'double':
      return isJsonNumber(value.text) ? value.text : canonical.typed(value);
    case 'date':
      return value.ms >= 0n && value.ms < yearTenThousandMs ? dated(Number(value.ms)) : canonical.typed(value);
    default:
      return canonical.typed(value);
  }
}

function dated(ms: number): string {
  dateOut.clear();
  writeDate(dateOut, ms);
  return bufferOf(dateOut.bytes()).toString('latin1');
}

const dateText = Buffer.from('{"$date":"0000-00-00T00:00:00.000Z"}');
const dateOut = byteWriter(dateText.length);
const dateAt = '{"$date":"'.length;
const pointAt = '{"$date":"0000-00-00T00:00:00'.length;
const zoneAt = pointAt + '.000'.length;

/**
 * Relaxed Extended JSON has text for the years 1970 to 9999 only, and a fraction only if it is not zero. A string for
 * each date would take three times as long.
 */
function writeDate(out: ByteWriter, ms: number): void {
  if (ms < 0 || ms >= Number(yearTenThousandMs)) {
    out.text(`{"$date":{"$numberLong":"${ms}"}}`);
    return;
  }
  writeIso(ms, dateText, dateAt);
  let hasFraction = false;
  for (let at = pointAt + 1; at < zoneAt; at++) hasFraction ||= dateText[at] !== digitZero;
  out.copy(dateText, 0, hasFraction ? zoneAt : pointAt);
  out.copy(dateText, zoneAt, dateText.length);
}
