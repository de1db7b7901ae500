// Describes a comparison for people.
import type { Settings } from '../../shared/app/settings.ts';
import type { Namespace } from '../load/read-load-options.ts';
import { withCommas } from '../with-commas.ts';
import type { Comparison } from './compare.ts';

export function report(
  namespace: Namespace,
  { missing, extra, different, sample }: Omit<Comparison, 'shared' | 'repeated'>,
): string {
  const name = `${namespace.database}.${namespace.collection}`;
  if (missing + extra + different === 0) return `Equal: the lake has every document of ${name}, and no other`;
  const lines = (['missing', 'extra', 'different'] as const).flatMap((kind) => {
    const total = { missing, extra, different }[kind];
    if (total === 0) return [];
    const more = total > sample[kind].length ? [`    … and ${withCommas(total - sample[kind].length)} more`] : [];
    return [`  ${withCommas(total)} ${meaning[kind]}`, ...sample[kind].map((key) => `    ${key}`), ...more];
  });
  return [`The lake differs from the source in ${name}:`, ...lines].join('\n');
}

export function aboutSharedKeys(shared: number, { documentFormat }: Settings): string {
  const why =
    documentFormat === 'simple'
      ? '_ids of different types can look alike with DOCUMENT_FORMAT=simple'
      : 'REDACT can give several _ids one key';
  const has = shared === 1 ? 'has' : 'have';
  return `${count(shared, 'key')} ${has} several documents of the source: ${why}. The lake shows one of them, also after a repair`;
}

export function aboutRepeatedKeys(repeated: number): string {
  const has = repeated === 1 ? 'has' : 'have';
  const rule = 'A load stores one of them, so the lake may have any. A repair writes the first';
  return `${count(repeated, 'key')} of the source ${has} several documents that differ. ${rule}`;
}

const meaning = {
  missing: 'missing: in the source, not in the lake',
  extra: 'extra: in the lake, not in the source',
  different: 'different: in both, with other content',
};

export function count(number: number, name: string): string {
  return `${withCommas(number)} ${name}${number === 1 ? '' : 's'}`;
}
