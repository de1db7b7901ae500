// Makes names different that are the same name to an engine. A field never displaces a system column.
import type { Column } from './column-type.ts';

/** The columns of `latest` and `history` that are ours. */
const systemColumns = [
  '_key',
  '_sequence',
  '_clusterTime',
  '_data',
  '_valid_from',
  '_valid_to',
  '_is_current',
] as const;

export interface NameRules {
  /** Two names that fold to the same text are one name to the engine. */
  readonly fold: (name: string) => string;
  readonly maxLength: number;
  /** Replaces the characters that the engine does not allow in a name. */
  readonly allowed: (name: string) => string;
}

export function distinctColumns(columns: readonly Column[], rules: NameRules): Column[] {
  const distinct = distinctNames(rules, systemColumns);
  return columns.map((column) => ({ ...column, name: distinct(column.name) }));
}

/** Names are given one after another. The second of two equal names gets `_2`, the third `_3`. */
export function distinctNames(rules: NameRules, taken: readonly string[] = []): (name: string) => string {
  const used = new Set(taken.map(rules.fold));
  return (name) => {
    const wanted = cut(rules.allowed(name) || '_', rules.maxLength);
    let given = wanted;
    for (let count = 2; used.has(rules.fold(given)); count++) given = `${cut(wanted, rules.maxLength - 4)}_${count}`;
    used.add(rules.fold(given));
    return given;
  };
}

/** Never cuts inside a character. */
function cut(name: string, maxLength: number): string {
  if (name.length <= maxLength) return name;
  return Array.from(name.slice(0, maxLength))
    .filter((character) => character.isWellFormed())
    .join('');
}

/** For engines that ignore the case of ASCII letters only. */
export function foldAscii(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
