// BSON dates: milliseconds since 1970 in 64 bits, far beyond what JavaScript's Date holds. Exact in both directions.

const isoForm = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d{1,3}))?(?:Z|([+-])(\d{2}):?(\d{2}))$/;
/** The first moment with a year of more than four digits. */
export const yearTenThousandMs = 253_402_300_800_000n;
const maxDateMs = 8_640_000_000_000_000n;
/** After 400 years the calendar repeats to the day. */
const cycleMs = 12_622_780_800_000n;

/**
 * The moment of an ISO 8601 text. Undefined for a text such as 30 February, or if BSON cannot hold the moment exactly.
 */
export function msOfIso(text: string): bigint | undefined {
  const [, local, fraction = '', sign, hours = '0', minutes = '0'] = isoForm.exec(text) ?? [];
  if (local === undefined || Number(hours) > 23 || Number(minutes) > 59) return undefined;
  const localMs = Date.parse(`${local}.${fraction.padEnd(3, '0')}Z`);
  // Date.parse takes 30 February for 2 March. So a date must read back as it was written.
  if (Number.isNaN(localMs) || !new Date(localMs).toISOString().startsWith(local)) return undefined;
  const offsetMs = (Number(hours) * 60 + Number(minutes)) * 60_000;
  return BigInt(sign === '-' ? localMs + offsetMs : localMs - offsetMs);
}

/**
 * Always with three fraction digits. Outside the years 0 to 9999 it has ISO 8601's sign and a year of six digits or
 * more.
 */
export function isoOfMs(ms: bigint): string {
  if (ms >= -maxDateMs && ms <= maxDateMs) return isoOfNumber(Number(ms));
  const cycles = ms / cycleMs;
  const [, year = '', rest = ''] = /^([+-]?\d+)(-.*)$/.exec(new Date(Number(ms % cycleMs)).toISOString()) ?? [];
  const fullYear = BigInt(year) + cycles * 400n;
  return `${fullYear < 0n ? '-' : '+'}${String(fullYear).replace('-', '').padStart(6, '0')}${rest}`;
}

const dayMs = 86_400_000;
const mostDays = 4096;
/** The dates of a collection fall on few days. A `Date` for each would cost several times as much. */
const days = new Map<number, string>();
const twoDigits = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'));

/** The same for a moment that `Date` can hold. */
export function isoOfNumber(ms: number): string {
  const day = Math.floor(ms / dayMs);
  const rest = ms - day * dayMs;
  const seconds = Math.floor(rest / 1000);
  const minutes = Math.floor(seconds / 60);
  const fraction = String((rest % 1000) + 1000).slice(1);
  return `${dayText(day)}${twoDigits[Math.floor(minutes / 60)]}:${twoDigits[minutes % 60]}:${twoDigits[seconds % 60]}.${fraction}Z`;
}

/** Up to the `T`. */
function dayText(day: number): string {
  const known = days.get(day);
  if (known !== undefined) return known;
  if (days.size === mostDays) days.clear();
  const text = new Date(day * dayMs).toISOString().slice(0, -'00:00:00.000Z'.length);
  days.set(day, text);
  return text;
}
