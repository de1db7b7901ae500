// Formats numbers, sizes and times for people.
import { type Html, html } from './html.ts';

const whole = new Intl.NumberFormat('en');
const short = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });
const sizes = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
const spans = [
  ['day', 86_400],
  ['h', 3_600],
  ['min', 60],
] as const;

export function count(number: number): string {
  return whole.format(number);
}

/** `1 event`, `2 events`. */
export function counted(number: number, noun: string): string {
  return `${count(number)} ${noun}${number === 1 ? '' : 's'}`;
}

export function size(bytes: number): string {
  const power = Math.max(0, Math.min(sizes.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  return `${short.format(bytes / 1000 ** power)} ${sizes[power]}`;
}

export function span(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const [unit, length] = spans.find(([, one]) => seconds >= one) ?? (['s', 1] as const);
  const number = Math.floor(seconds / length);
  return `${number} ${unit === 'day' && number !== 1 ? 'days' : unit}`;
}

/** An age, with the exact time as a tooltip. */
export function ago(ms: number, nowMs: number): Html {
  const text = nowMs - ms < 1_500 ? 'now' : `${span(nowMs - ms)} ago`;
  return html`<time datetime="${iso(ms)}" title="${iso(ms)}">${text}</time>`;
}

export function clockTime(ms: number): Html {
  return html`<time datetime="${iso(ms)}" title="${iso(ms)}">${iso(ms).slice(11, 19)}</time>`;
}

export function hourName(ms: number): string {
  return iso(ms).slice(11, 16);
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
