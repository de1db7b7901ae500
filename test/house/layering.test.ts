// The folders and the rooms of the house, and their allowed imports.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, it } from 'node:test';
import { root } from '../../local/paths.ts';

const folders: Readonly<Record<string, readonly string[]>> = {
  functions: ['functions', 'shared'],
  shared: ['shared'],
  local: ['local', 'functions', 'shared', 'atlas-app'],
  'atlas-app': ['atlas-app'],
};

const values = ['extended-json', 'json'];
const capability = ['redact', 'events', 'format', ...values, 'lake', 'async'];
/** The rooms of shared/, and the rooms that each may import. */
const rooms: Readonly<Record<string, readonly string[]>> = {
  app: ['http', 'event-hub', 'tables', 'mirror', ...capability],
  http: ['redact', 'events', 'lake', 'json', 'async'],
  'event-hub': capability,
  tables: capability,
  mirror: capability,
  redact: ['events', ...values],
  events: ['format', ...values, 'lake', 'async'],
  format: values,
  'extended-json': ['json'],
  json: [],
  lake: ['async'],
  async: [],
};

/** The stores. Only its own folder, and the few files of lake/ that choose a store, know a store. */
const store = /^shared\/lake\/(?:azure|folder|s3)\//;
const choosesStore = /^shared\/lake\/(?:lake-url|open-lake)\.ts$/;

/** The packages that only some files may import. */
const reserved: Readonly<Record<string, RegExp>> = {
  '@azure/functions': /^(functions|local)\//,
  '@azure/storage-blob': /^shared\/lake\/azure\/|^local\/doctor\/(?:storage\/azure-inspector|hub\/checkpoints)\.ts$/,
  '@azure/storage-file-datalake':
    /^shared\/lake\/azure\/|^local\/doctor\/(?:storage\/azure-inspector|hub\/checkpoints)\.ts$/,
  '@azure/identity': /^shared\/lake\/azure\//,
  ajv: /^shared\/events\/change-event-validator\.ts$|^local\//,
  bson: /^shared\/extended-json\/|^local\//,
};
const sources = globSync('{functions,shared,local,atlas-app}/**/*.ts', { cwd: root }).map((file) =>
  file.replaceAll('\\', '/'),
);
const graph = new Map(sources.map((file) => [file, ownImportsOf(file)] as const));

describe('the house', () => {
  it('lets imports point one way', () => {
    for (const [file, targets] of graph) {
      const allowed = folders[folderOf(file)] ?? [];
      for (const target of targets)
        assert(allowed.includes(folderOf(target)), `${file} must not import from ${folderOf(target)}/`);
    }
  });

  it('has every file of shared/ in a room', () => {
    for (const file of sources.filter((one) => folderOf(one) === 'shared'))
      assert(rooms[roomOf(file)] !== undefined, `${file} must be in one of the rooms above`);
  });

  it('lets a room import only what its row allows', () => {
    for (const [file, targets] of graph) {
      if (folderOf(file) !== 'shared') continue;
      const allowed = [roomOf(file), ...(rooms[roomOf(file)] ?? [])];
      for (const target of targets)
        assert(allowed.includes(roomOf(target)), `${file} must not import from shared/${roomOf(target)}/`);
    }
  });

  it('has rooms without a cycle', () => {
    assert.deepEqual(cyclesIn(new Map(Object.entries(rooms))), []);
  });

  it('has no import cycle, not even of types', () => {
    assert.deepEqual(cyclesIn(graph), []);
  });

  it('finds a cycle', () => {
    const cyclic = new Map([
      ['a', ['b']],
      ['b', ['c']],
      ['c', ['b', 'd']],
      ['d', []],
    ]);

    assert.deepEqual(cyclesIn(cyclic), ['b -> c -> b']);
  });

  it('keeps each store of the lake separate from all other code', () => {
    for (const [file, targets] of graph) {
      if (folderOf(file) !== 'shared' || roomOf(file) === 'app' || choosesStore.test(file)) continue;
      for (const target of targets) {
        const owner = store.exec(target)?.[0];
        assert(owner === undefined || file.startsWith(owner), `${file} must not import ${target}`);
      }
    }
  });

  it('lets only the files that own a package import it', () => {
    for (const file of sources) {
      for (const name of importsOf(file)) {
        const owner = reserved[name];
        if (owner !== undefined) assert.match(file, owner, `${file} must not import ${name}`);
      }
    }
  });

  it('lets only functions/ and local/ read the environment', () => {
    for (const file of sources.filter((name) => name.startsWith('shared/')))
      assert.doesNotMatch(readFileSync(join(root, file), 'utf8'), /process\.env/, file);
  });

  it('lets atlas-app/ import nothing but its own sources', () => {
    const own = sources.filter((name) => name.startsWith('atlas-app/'));

    assert(own.every((file) => file.startsWith('atlas-app/src/')));
    for (const file of own)
      for (const name of importsOf(file)) assert.match(name, /^\.\/[a-z0-9-]+\.ts$/, `${file} must not import ${name}`);
  });

  it('has one Azure Function in each file of functions/', () => {
    for (const file of sources.filter((name) => name.startsWith('functions/')))
      assert.equal(registrationsIn(readFileSync(join(root, file), 'utf8')), 1, file);
  });
});

/** Also finds a registration that depends on a setting: `if (isWanted) app.timer(…)`. */
function registrationsIn(text: string): number {
  return [...text.matchAll(/\bapp\.(?:http|timer|eventHub)\(/g)].length;
}

function folderOf(file: string): string {
  return file.split('/')[0] ?? '';
}

function roomOf(file: string): string {
  return file.split('/').length > 2 ? (file.split('/')[1] ?? '') : '';
}

function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8');
  return [...text.matchAll(/(?:from|import|import\()\s*'([^']+)'/g)].map(([, name = '']) => name);
}

function ownImportsOf(file: string): string[] {
  const own = importsOf(file).filter((name) => name.startsWith('.'));
  return own.map((name) => relative(root, join(root, dirname(file), name)).replaceAll('\\', '/'));
}

/** Each cycle once, from the first of its members that is visited. */
function cyclesIn(edges: ReadonlyMap<string, readonly string[]>): string[] {
  const cycles: string[] = [];
  const done = new Set<string>();
  const way: string[] = [];
  function visit(at: string): void {
    if (way.includes(at)) cycles.push([...way.slice(way.indexOf(at)), at].join(' -> '));
    if (done.has(at) || way.includes(at)) return;
    way.push(at);
    for (const next of edges.get(at) ?? []) visit(next);
    way.pop();
    done.add(at);
  }
  for (const start of edges.keys()) visit(start);
  return cycles;
}
