// Rows as a table for people. If a terminal is too narrow, the widest columns are cut first.
import { printable } from '../printable.ts';
import { columnsOf, cutToColumns } from './text-width.ts';

const gap = '  ';
const narrowest = 6;

/** An undefined `width` means no terminal. The last line counts the columns without room. */
export function textTable(
  names: readonly string[],
  rows: readonly (readonly string[])[],
  width: number | undefined,
  isRight: readonly boolean[] = [],
): string[] {
  const head = names.map(printable);
  const cells = rows.map((row) => row.map(printable));
  const wanted = head.map((name, column) =>
    Math.max(columnsOf(name), ...cells.map((row) => columnsOf(row[column] ?? ''))),
  );
  const widths = width === undefined ? wanted : fitted(wanted, width);
  const line = (row: readonly string[]): string =>
    widths
      .map((room, column) => padded(cutToColumns(row[column] ?? '', room), room, isRight[column] === true))
      .join(gap)
      .trimEnd();
  const left = names.length - widths.length;
  return [
    line(head),
    widths.map((room) => '─'.repeat(room)).join(gap),
    ...cells.map(line),
    ...(left > 0
      ? [`(${left} more ${left === 1 ? 'column' : 'columns'}: name them in the SELECT, or take --json)`]
      : []),
  ];
}

function fitted(wanted: readonly number[], width: number): number[] {
  const least = wanted.map((room) => Math.min(room, narrowest));
  let shown = wanted.length;
  while (shown > 1 && sum(least.slice(0, shown)) + gap.length * (shown - 1) > width) shown--;
  const widths = wanted.slice(0, shown);
  let over = sum(widths) + gap.length * (shown - 1) - width;
  while (over > 0) {
    const widest = Math.max(...widths);
    if (widest <= narrowest) break;
    const next = Math.max(narrowest, ...widths.filter((room) => room < widest));
    const at = widths.flatMap((room, column) => (room === widest ? [column] : []));
    const less = Math.min(widest - next, Math.max(1, Math.ceil(over / at.length)));
    for (const column of at) widths[column] = widest - less;
    over -= less * at.length;
  }
  return widths;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function padded(text: string, room: number, isRight: boolean): string {
  const spaces = ' '.repeat(room - columnsOf(text));
  return isRight ? spaces + text : text + spaces;
}
