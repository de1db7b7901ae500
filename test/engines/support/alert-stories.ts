// Quiet days and days with trouble, and when each alert must fire. An alert that a story does not name must not fire.
import type { LineKind } from './log-lines.ts';

export interface AlertStory {
  readonly name: string;
  readonly lines: readonly LogEntry[];
  readonly calls: readonly FailedCall[];
  /** For each alert, the first and the last look at which it fires. */
  readonly fires: Readonly<Record<string, readonly string[]>>;
}

export interface LogEntry {
  readonly minute: number;
  readonly kind: LineKind;
}

/** A function call that the host logs as failed. */
export interface FailedCall {
  readonly minute: number;
  readonly resultCode: string;
}

const weekdays = ['Wed', 'Thu', 'Fri', 'Sat', 'Sun', 'Mon'];
/**
 * Alerts look from Friday to the end of Sunday. The log begins on Wednesday, because the longest look goes back two
 * days.
 */
export const begin = minuteOf('Fri 00:00');
export const end = minuteOf('Mon 00:00');
const firstDay = Date.UTC(2026, 10, 18);

/** Minutes since Wednesday, 2026-11-18. */
function minuteOf(time: string): number {
  const [, day = '', hour, minute] = /^(\w{3}) (\d\d):(\d\d)$/.exec(time) ?? [];
  return weekdays.indexOf(day) * 1440 + Number(hour) * 60 + Number(minute);
}

export function isoOf(minute: number): string {
  return new Date(firstDay + minute * 60_000).toISOString().slice(0, 19);
}

/** Reads a moment such as "Sat 10:15". */
export function nameOf(iso: string): string {
  const minutes = (Date.parse(iso) - firstDay) / 60_000;
  return `${weekdays[Math.floor(minutes / 1440)]} ${iso.slice(11, 16)}`;
}

type Span = readonly [from: string, to: string];

function repeated(kind: LineKind, every: number, [from, to]: Span, first = 0): LogEntry[] {
  const count = Math.max(0, Math.ceil((minuteOf(to) - minuteOf(from) - first) / every));
  return Array.from({ length: count }, (_, at) => ({ minute: minuteOf(from) + first + at * every, kind }));
}

function within({ minute }: LogEntry, [from, to]: Span): boolean {
  return minute >= minuteOf(from) && minute < minuteOf(to);
}

const all: Span = ['Wed 00:00', 'Mon 00:00'];
const deliveries = repeated('stored', 10, all, 5);
const invocations = repeated('hubStored', 10, all, 6);
const runs = repeated('tablesRun', 60, all, 10);
const steady = [...deliveries, ...invocations, ...runs];

const receiver: readonly LineKind[] = ['stored', 'hubStored'];
const everything: readonly LineKind[] = [...receiver, 'tablesRun'];

function without(kinds: readonly LineKind[], ...spans: readonly Span[]): LogEntry[] {
  return steady.filter((line) => !(kinds.includes(line.kind) && spans.some((span) => within(line, span))));
}

/** Replaces the lines of a span of the steady days. */
function changed(kinds: Partial<Record<LineKind, LineKind>>, span: Span): LogEntry[] {
  return steady.map((line) => (within(line, span) ? { ...line, kind: kinds[line.kind] ?? line.kind } : line));
}

/** A failed call of the hub's function ends with an exception. */
function failedInvocations(span: Span): FailedCall[] {
  return repeated('hubFailed', 10, span, 6).map(({ minute }) => ({ minute, resultCode: '' }));
}

function once(kind: LineKind, time: string): LogEntry {
  return { minute: minuteOf(time), kind };
}

const outage = { stored: 'failed', hubStored: 'hubFailed' } as const;

export const alertStories: readonly AlertStory[] = [
  { name: 'a steady weekend', lines: steady, calls: [], fires: {} },
  {
    name: 'a weekend with an event every five hours',
    lines: [...without(receiver, ['Fri 18:00', 'Mon 00:00']), ...repeated('stored', 300, ['Fri 18:00', 'Mon 00:00'])],
    calls: [],
    fires: {},
  },
  {
    name: 'nights without an event',
    lines: without(receiver, ...weekdays.map((day): Span => [`${day} 00:00`, `${day} 07:00`])),
    calls: [],
    fires: {},
  },
  {
    name: 'a silence of hours, and the return',
    lines: without(receiver, ['Sat 08:00', 'Sat 20:00']),
    calls: [],
    fires: { silence: ['Sat 14:00 – Sat 20:00'] },
  },
  {
    name: 'a weekend without an event',
    lines: without(receiver, ['Fri 18:00', 'Mon 00:00']),
    calls: [],
    fires: { silence: ['Sat 00:00 – Sun 17:00'] },
  },
  {
    name: 'a slow day',
    lines: changed({ stored: 'late' }, ['Sat 08:00', 'Sat 18:00']),
    calls: [],
    fires: { lag: ['Sat 08:15 – Sat 18:00'] },
  },
  {
    name: 'a late delivery among thirty',
    lines: [...steady, once('late', 'Sat 10:01'), ...Array.from({ length: 29 }, () => once('stored', 'Sat 10:02'))],
    calls: [],
    fires: {},
  },
  {
    name: 'an outage of the storage for an hour, and the outbox that drains',
    lines: [...changed(outage, ['Sat 10:00', 'Sat 11:00']), ...repeated('late', 1, ['Sat 11:00', 'Sat 11:05'])],
    calls: failedInvocations(['Sat 10:00', 'Sat 11:00']),
    fires: {
      failed: ['Sat 10:15 – Sat 11:00'],
      fault: ['Sat 10:15 – Sat 11:00'],
      'hub-lag': ['Sat 10:15 – Sat 11:00'],
      lag: ['Sat 11:15 – Sat 11:15'],
    },
  },
  {
    name: 'an outage over midnight',
    lines: changed(outage, ['Fri 23:30', 'Sat 00:30']),
    calls: failedInvocations(['Fri 23:30', 'Sat 00:30']),
    fires: {
      failed: ['Fri 23:45 – Sat 00:30'],
      fault: ['Fri 23:45 – Sat 00:30'],
      'hub-lag': ['Fri 23:45 – Sat 00:30'],
    },
  },
  {
    name: 'a restart, with deliveries that break off and come again',
    lines: [
      ...without(everything, ['Sat 10:00', 'Sat 10:20']),
      ...repeated('incomplete', 1, ['Sat 10:00', 'Sat 10:03']),
      ...repeated('busy', 1, ['Sat 10:03', 'Sat 10:05']),
      ...repeated('storedAgain', 1, ['Sat 10:05', 'Sat 10:20']),
    ],
    calls: [],
    fires: {},
  },
  {
    name: 'wrong settings for two hours',
    lines: [
      ...without(everything, ['Sat 10:00', 'Sat 12:00']),
      ...repeated('wrongSettings', 1, ['Sat 10:00', 'Sat 12:00']),
    ],
    calls: failedInvocations(['Sat 10:00', 'Sat 12:00']),
    fires: {
      failed: ['Sat 10:15 – Sat 12:00'],
      fault: ['Sat 10:15 – Sat 12:00'],
      'tables-silence': ['Sat 12:00 – Sat 12:00'],
    },
  },
  {
    name: 'a lake that does not answer while nothing is sent',
    lines: [...without(receiver, ['Sat 10:00', 'Sat 11:00']), ...repeated('lakeDown', 5, ['Sat 10:00', 'Sat 10:30'])],
    calls: [],
    fires: { failed: ['Sat 10:15 – Sat 10:30'] },
  },
  {
    name: 'tables that are late',
    lines: changed({ tablesRun: 'tablesLate' }, ['Sat 10:00', 'Sat 16:00']),
    calls: [],
    fires: { 'tables-lag': ['Sat 11:00 – Sat 16:00'] },
  },
  {
    name: 'no run of the tables for a day',
    lines: without(['tablesRun'], ['Fri 20:00', 'Sun 00:00']),
    calls: [],
    fires: { 'tables-silence': ['Fri 22:00 – Sun 00:00'] },
  },
  {
    name: 'a hub whose messages wait',
    lines: changed({ hubStored: 'hubLate' }, ['Sat 10:00', 'Sat 11:00']),
    calls: [],
    fires: { 'hub-lag': ['Sat 10:15 – Sat 11:00'] },
  },
  {
    name: 'refused events, an unknown sender, and a refused message of the hub',
    lines: [
      ...steady,
      once('refused', 'Sat 10:01'),
      once('notAuthentic', 'Sat 14:14'),
      once('partlyRefused', 'Sun 00:00'),
      once('hubRefused', 'Sun 10:01'),
    ],
    calls: [],
    fires: {
      refused: ['Sat 10:15 – Sat 10:15', 'Sat 14:15 – Sat 14:15', 'Sun 00:15 – Sun 00:15'],
      'hub-refused': ['Sun 10:15 – Sun 10:15'],
    },
  },
  {
    name: 'a receiver that is busy for five minutes',
    lines: [...steady, ...repeated('busy', 1, ['Sat 10:00', 'Sat 10:05']), once('busy', 'Sat 10:04')],
    calls: [],
    fires: {},
  },
  {
    name: 'a receiver that stays busy',
    lines: [...steady, ...repeated('busy', 1, ['Sat 10:05', 'Sat 10:36'])],
    calls: [],
    fires: { busy: ['Sat 10:15 – Sat 10:45'] },
  },
  {
    name: 'calls that the host answers with 500, and with 401 and 503',
    lines: steady,
    calls: ['401', '503', '400']
      .map((resultCode) => ({ minute: minuteOf('Sat 08:00'), resultCode }))
      .concat([
        { minute: minuteOf('Sat 10:01'), resultCode: '500' },
        { minute: minuteOf('Sun 10:01'), resultCode: '0' },
      ]),
    fires: { fault: ['Sat 10:15 – Sat 10:15', 'Sun 10:15 – Sun 10:15'] },
  },
  {
    name: 'a deployment that nothing was sent to yet',
    lines: [],
    calls: [],
    fires: { 'tables-silence': ['Fri 00:00 – Mon 00:00'] },
  },
];
