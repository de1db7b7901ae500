// Describes a comparison for people.
import type { Namespace } from '../load/read-load-options.ts';
import { withCommas } from '../with-commas.ts';
import type { Comparison } from './compare.ts';

export function report(namespace: Namespace, { missing, extra, different, sample }: Comparison): string {
  const name = `${namespace.database}.${namespace.collection}`;
  if (missing + extra + different === 0) return `Equal: the lake has every document of ${name}, and no other`;
  const lines = (['missing', 'extra', 'different'] as const).flatMap((kind) => {
    const total = { missing, extra, different }[kind];
    if (total === 0) return [];
    const more = total > sample[kind].length ? [`    … and ${withCommas(total - sample[kind].length)} more`] : [];
    return [
      `  ${withCommas(total)} ${meaning[kind]}`,
      ...sample[kind].map((key) => `    ${beginningOf(key)}`),
      ...more,
    ];
  });
  return [`The lake differs from the source in ${name}:`, ...lines].join('\n');
}

const mostCharacters = 200;

/** A key can have 16 MB. */
function beginningOf(key: string): string {
  if (key.length <= mostCharacters) return key;
  return `${key.slice(0, mostCharacters)}… (${count(key.length, 'character')})`;
}

const meaning = {
  missing: 'missing: in the source, not in the lake',
  extra: 'extra: in the lake, not in the source',
  different: 'different: in both, with other content',
};

export function count(number: number, name: string): string {
  return `${withCommas(number)} ${name}${number === 1 ? '' : 's'}`;
}
