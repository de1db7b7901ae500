// The expected rows of a collection, from the contract alone: it shares no code with views, jobs or tables.
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

export interface Change {
  readonly operationType: string;
  readonly sequence: string;
  /** As text: the bytes of the lake. */
  readonly key: string | undefined;
  readonly document: string | undefined;
  readonly clusterTime: string;
  readonly line: string;
}

export interface Version {
  readonly _key: string;
  readonly _sequence: string;
  /** Null: an insert or a replace without a document. */
  readonly _data: string | null;
  readonly _valid_from: string;
  readonly _valid_to: string | null;
}

/** Every event of a collection once, in stream order. For repeats, the line with the first file name counts. */
export function changesIn(lake: string, db: string, coll: string): Change[] {
  const files = globSync('year=*/**/*.json*', { cwd: join(lake, db, coll) });
  const changes = new Map<string, Change>();
  for (const file of files.toSorted((one, other) => compare(basename(one), basename(other))))
    for (const line of readFileSync(join(lake, db, coll, file), 'utf8')
      .split('\n')
      .filter(Boolean)) {
      const change = changeOf(line);
      if (!changes.has(change.sequence)) changes.set(change.sequence, change);
    }
  return [...changes.values()].toSorted((one, other) => compare(one.sequence, other.sequence));
}

export function historyOf(changes: readonly Change[]): Version[] {
  return changes.flatMap((change, at) => {
    const { key, document, sequence, clusterTime } = change;
    if (key === undefined || !beginsVersion(change)) return [];
    const end = changes.slice(at + 1).find((later) => endsVersion(later, key));
    const validity = { _valid_from: clusterTime, _valid_to: end?.clusterTime ?? null };
    return [{ _key: key, _sequence: sequence, _data: document ?? null, ...validity }];
  });
}

export function latestOf(changes: readonly Change[]): Version[] {
  return historyOf(changes).filter(({ _valid_to }) => _valid_to === null);
}

/** The state at a moment. */
export function stateAt(changes: readonly Change[], moment: string): Version[] {
  return historyOf(changes).filter(
    ({ _valid_from, _valid_to }) => _valid_from <= moment && (_valid_to === null || moment < _valid_to),
  );
}

function endsVersion(later: Change, key: string): boolean {
  if (later.operationType === 'drop' || later.operationType === 'rename') return true;
  return later.key === key && (later.operationType === 'delete' || beginsVersion(later));
}

/** Only an update without a document begins none. */
function beginsVersion({ operationType, document }: Change): boolean {
  if (['insert', 'replace'].includes(operationType)) return true;
  return operationType !== 'delete' && document !== undefined;
}

function changeOf(line: string): Change {
  const { operationType, sequence, clusterTime } = JSON.parse(line);
  const members = membersOf(line);
  const textOf = (name: string) => (members.get(name) === 'null' ? undefined : members.get(name));
  return { operationType, sequence, clusterTime, key: textOf('documentKey'), document: textOf('data'), line };
}

/** The text of each member of an object, found by counting brackets outside of strings. */
export function membersOf(object: string): ReadonlyMap<string, string> {
  const members = new Map<string, string>();
  let depth = 0;
  let isText = false;
  let start = 1;
  for (let at = 0; at < object.length; at++) {
    const letter = object[at] ?? '';
    if (isText && letter === '\\') at++;
    else if (letter === '"') isText = !isText;
    else if (!isText && '{['.includes(letter)) depth++;
    else if (!isText && (('}]'.includes(letter) && --depth === 0) || (letter === ',' && depth === 1))) {
      const [, key = '', value = ''] = /^("(?:[^"\\]|\\.)*"):(.*)$/s.exec(object.slice(start, at)) ?? [];
      if (key !== '') members.set(JSON.parse(key), value);
      start = at + 1;
    }
  }
  return members;
}

export function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
