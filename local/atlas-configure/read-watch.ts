// The entries of "watch".
import { isRecord } from '../../shared/json/record.ts';
import { type Namespace, sendingFunctions, textOf, type Watched } from './lake-sync.ts';
import { foundIn, type MemberReader, memberReader } from './member-reader.ts';
import { ruleBrokenBy } from './namespace-rules.ts';

const known = ['collection', 'database', 'function', 'ordered', 'preImages', 'enabled', 'initialLoad'];

export function readWatch(value: unknown, problems: string[]): readonly Watched[] {
  if (!Array.isArray(value) || value.length === 0) {
    problems.push(`"watch" must be a list of at least one collection or database: ${foundIn(value)}`);
    return [];
  }
  const entries = value.map((entry: unknown, index) => readEntry(entry, `watch[${index}]`, problems));
  const watch = entries.filter((entry) => entry !== undefined);
  findRepetition(watch, problems);
  findOverlap(watch, problems);
  return watch;
}

function readEntry(entry: unknown, path: string, problems: string[]): Watched | undefined {
  if (!isRecord(entry)) {
    problems.push(`"${path}" must be an object such as { "collection": "shop.orders" }: ${foundIn(entry)}`);
    return undefined;
  }
  const members = memberReader(entry, path, known, problems);
  const namespace = readNamespace(members, path, problems);
  const isDatabase = members.has('database');
  const watched = {
    function: members.choice('function', sendingFunctions),
    ordered: members.flag('ordered', true),
    preImages: members.flag('preImages', !isDatabase),
    enabled: members.flag('enabled', true),
    initialLoad: members.flag('initialLoad', false),
  };
  if (isDatabase && watched.preImages)
    members.mustBe(
      'preImages',
      'false where a whole database is watched, because Atlas has pre-images for collections only',
    );
  if (isDatabase && watched.initialLoad)
    members.mustBe('initialLoad', 'false where a whole database is watched, because collections are loaded one by one');
  return namespace === undefined ? undefined : { ...namespace, ...watched };
}

function readNamespace(members: MemberReader, path: string, problems: string[]): Namespace | undefined {
  const hasCollection = members.has('collection');
  if (hasCollection === members.has('database')) {
    problems.push(
      `"${path}" must have either "collection" or "database": it has ${hasCollection ? 'both' : 'neither'}`,
    );
    return undefined;
  }
  const text = hasCollection
    ? members.text('collection', '"<database>.<collection>"', (found) => found.includes('.'))
    : members.text('database', 'the name of a database', (found) => found !== '');
  if (text === '') return undefined;
  const namespace = hasCollection ? splitAtFirstDot(text) : { database: text };
  const rule = ruleBrokenBy(namespace);
  if (rule === undefined) return namespace;
  members.mustBe(hasCollection ? 'collection' : 'database', rule);
  return undefined;
}

/** A collection's name may contain dots, a database's may not. */
function splitAtFirstDot(text: string): Namespace {
  const dot = text.indexOf('.');
  return { database: text.slice(0, dot), collection: text.slice(dot + 1) };
}

function findRepetition(watch: readonly Watched[], problems: string[]): void {
  const names = watch.map(textOf);
  const repeated = new Set(names.filter((name, index) => names.indexOf(name) !== index));
  for (const name of repeated)
    problems.push(`"watch" must name ${JSON.stringify(name)} once: it is there more than once`);
}

/** Each of the two would send every event, one with the pre-image and one without: which is stored would be chance. */
function findOverlap(watch: readonly Watched[], problems: string[]): void {
  const enabled = watch.filter((entry) => entry.enabled);
  const databases = new Set(enabled.filter((entry) => entry.collection === undefined).map((entry) => entry.database));
  for (const entry of enabled.filter(({ collection, database }) => collection !== undefined && databases.has(database)))
    problems.push(
      `"watch" must not name a collection of a database that it watches whole: it has ${JSON.stringify(textOf(entry))} and ${JSON.stringify(entry.database)}`,
    );
}
