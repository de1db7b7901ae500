// What a person must know about a comparison besides its differences.
import type { Settings } from '../../shared/app/settings.ts';
import { follow, type PathTree, pathsFor } from '../../shared/redact/rules.ts';
import { aboutFlatLines, aboutUnreadableLines } from '../query/unreadable-lines.ts';
import type { Comparison } from './compare.ts';
import type { LakeComparison } from './compare-with-lake.ts';
import type { Asked } from './read-verify-options.ts';
import { count } from './report.ts';

export function remarks(asked: Asked, comparison: LakeComparison, settings: Settings): readonly string[] {
  const { shared, repeated, unreadable, isDisjoint, isUnlike } = comparison;
  const { database, collection } = asked.namespace;
  return [
    ...aboutUnreadableLines(unreadable, `${database}.${collection}`),
    ...aboutFlatLines(comparison),
    ...(shared === 0 ? [] : [aboutSharedKeys(shared, asked, settings)]),
    ...(repeated === 0 ? [] : [aboutRepeatedKeys(repeated)]),
    ...(isDisjoint ? [aboutSource(asked)] : []),
    ...(isUnlike ? [aboutSettings] : []),
  ];
}

function aboutSharedKeys(shared: Comparison['shared'], asked: Asked, settings: Settings): string {
  const why =
    settings.documentFormat === 'simple' && !isKeyRemoved(asked, settings)
      ? '_ids of different types can look alike with DOCUMENT_FORMAT=simple'
      : 'REDACT can give several _ids one key';
  const has = shared === 1 ? 'has' : 'have';
  return `${count(shared, 'key')} ${has} several documents of the source: ${why}. The lake shows one of them, also after a repair`;
}

/** Whether a rule drops or masks some of the key. A hash is different for each value. */
function isKeyRemoved({ namespace, shardKey }: Asked, { redactions }: Settings): boolean {
  const paths = redactions && pathsFor(redactions, namespace.database, namespace.collection);
  return paths !== undefined && ['_id', ...shardKey].some((name) => isRemoved(follow(paths, name)));
}

function isRemoved(paths: PathTree | undefined): boolean {
  if (paths === undefined) return false;
  return paths.action === 'drop' || paths.action === 'mask' || [...paths.children.values()].some(isRemoved);
}

function aboutRepeatedKeys(repeated: Comparison['repeated']): string {
  const has = repeated === 1 ? 'has' : 'have';
  const rule = 'A load stores one of them, so the lake may have any. A repair writes the first';
  return `${count(repeated, 'key')} of the source ${has} several documents that differ. ${rule}`;
}

/** Without the rules of the receiver, a repair would write what must not be in the lake. */
const aboutSettings =
  'No document is equal. DOCUMENT_FORMAT, REDACT and REDACT_KEY must be those of the receiver: a repair writes documents by them';

/** A repair would delete every document. */
function aboutSource({ namespace: { database, collection }, expect }: Asked): string {
  const advice =
    expect === undefined
      ? '--shard-key, DOCUMENT_FORMAT, REDACT and REDACT_KEY must be those of the lake'
      : '--expect takes _ids, such as [1, 2], not documents';
  return `No document is in both the lake and the source. Is it the source of ${database}.${collection}? ${advice}`;
}
