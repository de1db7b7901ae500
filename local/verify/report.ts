// Words a comparison for people.
import type { Namespace } from '../load/read-load-options.ts';
import type { Comparison } from './compare.ts';

export function report(namespace: Namespace, { missing, extra, different, sample }: Comparison): string {
  const name = `${namespace.database}.${namespace.collection}`;
  if (missing + extra + different === 0) return `Equal: the lake has every document of ${name}, and no other`;
  const lines = (['missing', 'extra', 'different'] as const).flatMap((kind) => {
    const total = { missing, extra, different }[kind];
    if (total === 0) return [];
    const more =
      total > sample[kind].length ? [`    … and ${(total - sample[kind].length).toLocaleString('en')} more`] : [];
    return [`  ${total.toLocaleString('en')} ${meaning[kind]}`, ...sample[kind].map((key) => `    ${key}`), ...more];
  });
  return [`The lake differs from the source in ${name}:`, ...lines].join('\n');
}

const meaning = {
  missing: 'missing: in the source, not in the lake',
  extra: 'extra: in the lake, not in the source',
  different: 'different: in both, with other content',
};

export function count(number: number, name: string): string {
  return `${number.toLocaleString('en')} ${name}${number === 1 ? '' : 's'}`;
}
