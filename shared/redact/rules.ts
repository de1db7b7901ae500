// The fields of each namespace that must not reach the lake.
import type { KeyObject } from 'node:crypto';

export type Action = 'drop' | 'mask' | 'hash';

export interface Rule {
  /** `<database>.<collection>`, `<database>.*` or `*`. */
  readonly namespace: string;
  /** Names of fields from the root of the document, without positions in arrays. */
  readonly path: readonly string[];
  readonly action: Action;
}

export interface Redactions {
  /** A KeyObject, because each hash with plain bytes takes several times as long. */
  readonly key: KeyObject;
  /** By namespace: see `pathsFor`. */
  readonly paths: ReadonlyMap<string, PathTree>;
}

/** The rules as a tree of names. */
export interface PathTree {
  /** Undefined on the way to a redacted field. */
  readonly action: Action | undefined;
  readonly children: ReadonlyMap<string, PathTree>;
}

export function redactionsOf(rules: readonly Rule[], key: KeyObject): Redactions {
  const paths = new Map<string, PathTree>([['', treeOf(rules)]]);
  for (const { namespace } of rules) {
    const db = databaseOf(namespace);
    paths.set(namespace, treeOf(rules.filter((rule) => covers(rule.namespace, namespace))));
    if (db !== undefined)
      paths.set(db, treeOf(rules.filter((rule) => [db, undefined].includes(databaseOf(rule.namespace)))));
  }
  return { key, paths };
}

/**
 * Undefined if no rule names the namespace. A later fragment of a split event has no namespace, so every rule applies
 * to it.
 */
export function pathsFor(
  { paths }: Redactions,
  db: string | undefined,
  coll: string | undefined,
): PathTree | undefined {
  if (db === undefined) return paths.get('');
  if (coll === undefined) return paths.get(db) ?? paths.get('*');
  return paths.get(`${db}.${coll}`) ?? paths.get(`${db}.*`) ?? paths.get('*');
}

/** Undefined for `*`. A database name has no dot. */
function databaseOf(namespace: string): string | undefined {
  return namespace === '*' ? undefined : namespace.slice(0, namespace.indexOf('.'));
}

function covers(pattern: string, namespace: string): boolean {
  return pattern === '*' || pattern === namespace || pattern === `${databaseOf(namespace) ?? ''}.*`;
}

/** A rule covers everything below its field. Of two rules, the rule with the shorter path decides. */
function treeOf(rules: readonly Rule[], depth = 0): PathTree {
  const ending = rules.filter(({ path }) => path.length === depth);
  const action = byStrength.find((one) => ending.some((rule) => rule.action === one));
  const below = action === undefined ? Map.groupBy(rules, ({ path }) => path[depth] ?? '') : [];
  return { action, children: new Map([...below].map(([name, inner]) => [name, treeOf(inner, depth + 1)])) };
}

const byStrength: readonly Action[] = ['drop', 'mask', 'hash'];

/**
 * Follows a name in the tree. Undefined if no rule is there. A name can be a path: in `updateDescription` it is one,
 * and field names can have dots.
 */
export function follow(paths: PathTree, name: string): PathTree | undefined {
  let at = paths;
  // Splits no further than the rules go, because a name can be megabytes of dots.
  for (let start = 0, parts = 1; ; parts++) {
    // No document nests so deep. The meaning of such a name is unknown, so it is removed.
    if (parts > maxParts) return below;
    const dot = name.indexOf('.', start);
    const next = step(at, dot < 0 ? name.slice(start) : name.slice(start, dot));
    if (dot < 0 || next === undefined) return next;
    if (next.action !== undefined) return below;
    at = next;
    start = dot + 1;
  }
}

const maxParts = 1000;

function step(paths: PathTree, part: string): PathTree | undefined {
  return paths.children.get(part) ?? (isPosition(part) ? paths : undefined);
}

/** A name below a rule's field can be content. So every action removes the name. */
const below: PathTree = { action: 'drop', children: new Map() };

/** A position in an array, or a name that looks like one. */
export function isPosition(part: string): boolean {
  return /^\d+$/.test(part);
}
