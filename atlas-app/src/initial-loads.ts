// The collections to load. The Value initialLoads lists them. A mistake in one entry stops no other entry.
import { canonicalText, isFields, orNull } from './event.ts';
import { filterIn } from './load-filter.ts';
import { nameMistakes } from './load-names.ts';
import { sha256 } from './signature.ts';

export interface Wanted {
  /** `<database>.<collection>`, the `_id` of its state. */
  readonly id: string;
  readonly database: string;
  readonly collection: string;
  readonly filter: Fields | undefined;
  readonly shardKey: readonly string[];
  /** A digest of both. */
  readonly selection: string;
  /** Infinity without a limit. */
  readonly documentsPerSecond: number;
  readonly paused: boolean;
  /** As text. Empty when the entry does not have it. */
  readonly restart: string;
}

export interface InitialLoads {
  readonly wanted: readonly Wanted[];
  readonly mistakes: readonly string[];
}

/** The rule of each field. */
const rules: Readonly<Record<string, readonly [requirement: string, isRight: (value: unknown) => boolean]>> = {
  database: ['a text', isText],
  collection: ['a text', isText],
  filter: ['an object', isObject],
  shardKey: ['a list of field names', (value) => Array.isArray(value) && value.length > 0 && value.every(isText)],
  documentsPerSecond: ['a number above 0', (value) => typeof value === 'number' && value > 0],
  paused: ['true or false', (value) => typeof value === 'boolean'],
  restart: ['any value', () => true],
};

export function readInitialLoads(value: unknown): InitialLoads {
  if (value === undefined || value === null || value === '') return { wanted: [], mistakes: [] };
  if (!Array.isArray(value))
    return { wanted: [], mistakes: [`the value initialLoads must be a list: it is ${kindOf(value)}`] };
  const wanted: Wanted[] = [];
  const mistakes: string[] = [];
  value.forEach((entry: unknown, index) => {
    const found = mistakesOf(entry, wanted);
    const name = nameOf(entry);
    // A log line has only the beginning of a long text.
    const short = name.length > 30 ? `${name.slice(0, 30)}…` : name;
    const place = `initialLoads[${index}]${name === '' ? '' : ` (${short})`}`;
    for (const mistake of found) mistakes.push(`${place}: ${mistake}`);
    if (found.length > 0 || !isFields(entry)) return;
    wanted.push(wantedOf(entry));
  });
  return { wanted, mistakes };
}

function nameOf(entry: unknown): string {
  if (!isFields(entry)) return '';
  return [entry['database'], entry['collection']].filter(isText).join('.');
}

function mistakesOf(entry: unknown, before: readonly Wanted[]): string[] {
  if (!isObject(entry)) return [`an entry must be an object: it is ${kindOf(entry)}`];
  const mistakes = Object.keys(entry)
    .filter((field) => !Object.keys(rules).includes(field))
    .map((field) => `unknown field ${JSON.stringify(field)}`);
  for (const field of Object.keys(rules)) {
    const rule = rules[field];
    const isNeeded = field === 'database' || field === 'collection';
    if (rule === undefined || (!isNeeded && entry[field] === undefined)) continue;
    if (!rule[1](entry[field])) mistakes.push(`${field} must be ${rule[0]}: it is ${kindOf(entry[field])}`);
  }
  const { database, collection } = entry;
  if (typeof database === 'string' && typeof collection === 'string')
    mistakes.push(...nameMistakes(database, collection));
  if (mistakes.length === 0 && before.some(({ id }) => id === nameOf(entry)))
    mistakes.push('the collection must have one entry: this is another one');
  if (mistakes.length === 0 && filterOf(entry) === null) mistakes.push(filterRule);
  return mistakes;
}

function wantedOf(entry: Fields): Wanted {
  const rate = entry['documentsPerSecond'];
  const shardKey = entry['shardKey'];
  const filter = filterOf(entry);
  return {
    id: nameOf(entry),
    database: String(entry['database']),
    collection: String(entry['collection']),
    filter: filter === null ? undefined : filter,
    shardKey: Array.isArray(shardKey) ? shardKey.map(String) : [],
    selection: sha256(canonicalText([shardKey, filter].map(orNull))).slice(0, 32),
    documentsPerSecond: rate === undefined ? Infinity : Number(rate),
    paused: entry['paused'] === true,
    restart: entry['restart'] === undefined ? '' : canonicalText({ restart: entry['restart'] }),
  };
}

const filterRule = 'filter must be Extended JSON with exact numbers';

/** Null when it cannot be read. */
function filterOf(entry: Fields): Fields | undefined | null {
  return entry['filter'] === undefined ? undefined : filterIn(entry['filter']);
}

/** Without its content: a filter can have the values of documents. */
function kindOf(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (Array.isArray(value) && value.length === 0) return 'an empty list';
  if (Array.isArray(value)) return value.every(isText) ? 'a list' : 'a list with other values';
  if (typeof value === 'string') return value === '' ? 'an empty text' : 'a text';
  if (typeof value === 'boolean') return 'true or false';
  return typeof value === 'number' ? String(value) : 'an object';
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function isObject(value: unknown): value is Fields {
  return isFields(value) && !Array.isArray(value);
}
