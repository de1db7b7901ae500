// Reads the entries of "watch", and checks the rules that a schema cannot express.
import { type Namespace, textOf, type Watched } from './lake-sync.ts';
import { ruleBrokenBy } from './namespace-rules.ts';
import { foundIn, isWatchEntry, type WatchEntry } from './sync-schema.ts';

/** Checks the entries that fit the schema. */
export function watchProblems(entries: readonly unknown[]): readonly string[] {
  const fitting = entries.map((entry) => (isWatchEntry(entry) ? entry : undefined));
  const broken = fitting.flatMap((entry, index) => (entry === undefined ? [] : brokenRule(entry, `watch[${index}]`)));
  const watch = fitting
    .filter((entry) => entry !== undefined)
    .map(toWatched)
    .filter((entry) => ruleBrokenBy(entry) === undefined);
  return [...broken, ...repetitions(watch), ...overlaps(watch)];
}

export function toWatched({ database, collection, preImages, ...entry }: WatchEntry): Watched {
  const namespace = collection === undefined ? { database: database ?? '' } : splitAtFirstDot(collection);
  return { ...namespace, ...entry, preImages: preImages ?? collection !== undefined };
}

/** A collection's name can contain dots. A database's name cannot. */
function splitAtFirstDot(text: string): Namespace {
  const dot = text.indexOf('.');
  return { database: text.slice(0, dot), collection: text.slice(dot + 1) };
}

function brokenRule(entry: WatchEntry, path: string): readonly string[] {
  const rule = ruleBrokenBy(toWatched(entry));
  const member = entry.collection === undefined ? 'database' : 'collection';
  return rule === undefined ? [] : [`"${path}.${member}" must be ${rule}: ${foundIn(path, entry[member])}`];
}

function repetitions(watch: readonly Watched[]): readonly string[] {
  const names = watch.map(textOf);
  const repeated = new Set(names.filter((name, index) => names.indexOf(name) !== index));
  return [...repeated].map((name) => `"watch" must name ${JSON.stringify(name)} once: it is there more than once`);
}

/**
 * Both triggers would send every event, one with the pre-image and one without. The first delivery would win, by
 * chance.
 */
function overlaps(watch: readonly Watched[]): readonly string[] {
  const enabled = watch.filter((entry) => entry.enabled);
  const databases = new Set(enabled.filter((entry) => entry.collection === undefined).map((entry) => entry.database));
  return enabled
    .filter(({ collection, database }) => collection !== undefined && databases.has(database))
    .map(
      (entry) =>
        `"watch" must not name a collection of a database that it watches whole: it has ${JSON.stringify(textOf(entry))} and ${JSON.stringify(entry.database)}`,
    );
}
