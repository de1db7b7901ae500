// Schedules of timers, as Azure's host reads them: six fields in UTC, seconds first.
// https://github.com/atifaziz/NCrontab

/** Returns the first moment of the schedule after `after`. Undefined if there is no such moment, as for 30 February. */
export type Schedule = (after: Date) => Date | undefined;

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const fields: readonly Field[] = [
  { name: 'second', min: 0, max: 59 },
  { name: 'minute', min: 0, max: 59 },
  { name: 'hour', min: 0, max: 23 },
  { name: 'day', min: 1, max: 31 },
  { name: 'month', min: 1, max: 12, names: months },
  { name: 'day of week', min: 0, max: 6, names: weekdays },
];

interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
}

const dayMs = 86_400_000;
/** 29 February returns after at most eight years. On a given day of the week it returns after at most forty. */
const maxDays = 366 * 41;

export function readCron(text: string): Schedule {
  const parts = text.trim().split(/\s+/);
  if (parts.length !== fields.length)
    throw new Error(
      `Cannot read schedule "${text}": it must have 6 fields, seconds first: it has ${text.trim() === '' ? 0 : parts.length}`,
    );
  const [seconds = [], minutes = [], hours = [], days = [], inMonths = [], onWeekdays = []] = fields.map(
    (field, index) => readField(field, parts[index] ?? '', text),
  );
  const isDay = (day: Date): boolean =>
    days.includes(day.getUTCDate()) &&
    inMonths.includes(day.getUTCMonth() + 1) &&
    // NCrontab needs both, the day of the month and the day of the week. Other crons need one of them.
    onWeekdays.includes(day.getUTCDay());

  return (after) => {
    const from = Math.floor(after.getTime() / 1000) * 1000 + 1000;
    const firstDay = Math.floor(from / dayMs) * dayMs;
    for (let day = firstDay; day <= firstDay + maxDays * dayMs; day += dayMs) {
      const time = isDay(new Date(day)) ? timeOfDay(hours, minutes, seconds, from - day) : undefined;
      if (time !== undefined) return new Date(day + time);
    }
    return undefined;
  };
}

/** Returns the first time that is not before `fromMs`, in milliseconds since midnight. */
function timeOfDay(
  hours: readonly number[],
  minutes: readonly number[],
  seconds: readonly number[],
  fromMs: number,
): number | undefined {
  for (const hour of hours)
    for (const minute of minutes)
      for (const second of seconds) {
        const time = ((hour * 60 + minute) * 60 + second) * 1000;
        if (time >= fromMs) return time;
      }
  return undefined;
}

/** The numbers that a field allows, in order: `*`, `5`, `1-5`, `MON-FRI`, `*\/10`, `5/10`, and lists of these. */
function readField(field: Field, part: string, text: string): readonly number[] {
  const allowed = part.split(',').flatMap((item) => readItem(field, item, text));
  return [...new Set(allowed)].sort((a, b) => a - b);
}

function readItem(field: Field, item: string, text: string): number[] {
  const [, from = '', to, step] = /^(\*|\w+)(?:-(\w+))?(?:\/(\d+))?$/.exec(item) ?? [];
  const first = from === '*' ? field.min : numberOf(field, from);
  const lastOfOne = from === '*' || step !== undefined ? field.max : first;
  const last = to === undefined ? lastOfOne : numberOf(field, to);
  const every = step === undefined ? 1 : Number(step);
  if (!(first >= field.min && last <= field.max && first <= last && every >= 1))
    throw new Error(
      `Cannot read schedule "${text}": the ${field.name} must be from ${field.min} to ${field.max}: it is "${item}"`,
    );
  return Array.from({ length: Math.floor((last - first) / every) + 1 }, (_, index) => first + index * every);
}

function numberOf({ names = [], min }: Field, word: string): number {
  const index = names.indexOf(word.toLowerCase());
  return index === -1 ? (/^\d+$/.test(word) ? Number(word) : Number.NaN) : index + min;
}
