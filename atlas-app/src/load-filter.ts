// Reads the filter of an entry: Extended JSON, canonical or relaxed.
import { canonicalText, isFields } from './event.ts';

/** Null when it cannot be read, or when a value would change. */
export function filterIn(filter: unknown): Fields | null {
  try {
    const text = canonicalText(filter);
    const parsed = exactlyParsed(text);
    return isFields(parsed) && isExact(text, canonicalText(parsed)) ? parsed : null;
  } catch (_notExtendedJson) {
    return null;
  }
}

/**
 * Without the option a parser can round large numbers. The documentation of Atlas does not say if it has the option.
 */
function exactlyParsed(text: string): unknown {
  try {
    return EJSON.parse(text, { relaxed: false });
  } catch (_unknownOptions) {
    return EJSON.parse(text);
  }
}

const mostExact = 9007199254740991;

/** A rounded number, or a date that is none, would select other documents. */
function isExact(given: string, parsed: string): boolean {
  const longs = given.match(/"\$numberLong":"[^"]*"/g);
  const large = longs === null ? [] : longs.filter((long) => Math.abs(Number(long.split('"')[3])) > mostExact);
  return (
    large.every((long) => parsed.indexOf(long) >= 0) &&
    countOf(given, /"\$date":/g) === countOf(parsed, /"\$date":\{"\$numberLong":"-?\d+"\}/g)
  );
}

function countOf(text: string, form: RegExp): number {
  const found = text.match(form);
  return found === null ? 0 : found.length;
}
