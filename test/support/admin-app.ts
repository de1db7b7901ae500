// One app of the tests' Admin API: its collections, and its answers in the forms of the published description.
import { type AtlasDatabase, atlasDatabase } from '../../local/atlas/atlas-database.ts';
import type { JsonObject } from '../../local/atlas-deploy/json.ts';
import { isRecord } from '../../shared/json/record.ts';
import { checkForm } from './admin-forms.ts';
import { Refusal } from './admin-refusal.ts';

const collections = ['services', 'secrets', 'values', 'functions', 'triggers'] as const;
export type Collection = (typeof collections)[number];
export type Named = JsonObject & { readonly name: string };

export interface Served {
  readonly status: number;
  readonly body?: JsonObject | readonly JsonObject[];
}

export interface AdminApp {
  readonly id: string;
  readonly product: string;
  readonly listed: JsonObject;
  readonly serve: (method: string, path: string, body: unknown) => Served;
  readonly all: (collection: Collection) => readonly JsonObject[];
  readonly named: (collection: Collection, name: string) => JsonObject | undefined;
  /** Creates a part, or changes it if the name exists, as a person or Atlas does. Returns its id. */
  readonly put: (collection: Collection, members: Named) => string;
  readonly remove: (collection: Collection, name: string) => void;
  readonly drafts: JsonObject[];
  /** Belongs to the cluster of its data source. */
  readonly database: AtlasDatabase;
  /** In the form of `GET logs`. */
  readonly logs: JsonObject[];
}

interface Making {
  readonly name: string;
  readonly product: string;
  readonly groupId: string;
  readonly clusters: readonly string[];
  readonly newId: () => string;
}

export function adminApp({ name, product, groupId, clusters, newId }: Making): AdminApp {
  const id = newId();
  const kept = new Map(collections.map((collection) => [collection, new Map<string, JsonObject>()]));
  const drafts: JsonObject[] = [];
  const logs: JsonObject[] = [];
  const mapOf = (collection: Collection) => kept.get(collection) ?? new Map<string, JsonObject>();
  const all = (collection: Collection) => [...mapOf(collection).values()];
  const named = (collection: Collection, wanted: string) => all(collection).find((one) => one['name'] === wanted);

  function write(collection: Collection, elementId: string, members: JsonObject): JsonObject {
    const element = { ...members, _id: elementId, last_modified: 1_790_000_000 };
    mapOf(collection).set(elementId, element);
    return element;
  }

  function accept(collection: Collection, body: unknown, elementId?: string): JsonObject {
    const exists = (among: Collection, wanted: unknown) =>
      all(among).some((one) => one[among === 'secrets' ? 'name' : '_id'] === wanted);
    const members = checkForm(collection, body, { clusters, exists });
    if (all(collection).some((one) => one['name'] === members['name'] && one['_id'] !== elementId))
      throw new Refusal(409, 'NameAlreadyInUse', `${collection}: name already in use`);
    return members;
  }

  function serve(method: string, path: string, body: unknown): Served {
    if (`${method} ${path}` === 'GET drafts') return { status: 200, body: drafts };
    if (method === 'GET' && path.startsWith('logs?')) return serveLogs(path);
    const [first = '', elementId, rest] = path.split('/');
    const collection = collections.find((one) => one === first);
    if (collection === undefined) throw new Refusal(404, 'NotFound', 'no such resource');
    if (elementId === undefined) return serveCollection(method, collection, body);
    const element = mapOf(collection).get(elementId);
    if (element === undefined) throw new Refusal(404, 'NotFound', `${collection}: not found`);
    switch (`${method} ${collection} ${rest ?? ''}`) {
      case 'GET services config':
        return { status: 200, body: isRecord(element['config']) ? element['config'] : {} };
      case 'GET values ':
      case 'GET functions ':
        return { status: 200, body: element };
      case 'GET triggers ':
        return { status: 200, body: triggerAnswer(element) };
      case 'PUT values ':
      case 'PUT functions ':
        return { status: 200, body: write(collection, elementId, accept(collection, body, elementId)) };
      case 'PUT secrets ':
      case 'PUT triggers ':
        write(collection, elementId, accept(collection, body, elementId));
        return { status: 204 };
      default:
        throw new Refusal(405, 'MethodNotAllowed', 'method not allowed');
    }
  }

  function serveCollection(method: string, collection: Collection, body: unknown): Served {
    if (method === 'GET') return { status: 200, body: all(collection).map((one) => summary(collection, one)) };
    if (method !== 'POST') throw new Refusal(405, 'MethodNotAllowed', 'method not allowed');
    const element = write(collection, newId(), accept(collection, body));
    return { status: 201, body: made(collection, element) };
  }

  function serveLogs(path: string): Served {
    const query = new URLSearchParams(path.slice('logs?'.length));
    const types = query.get('type')?.split(',');
    const told = logs
      .filter(({ type }) => types === undefined || types.includes(String(type)))
      .filter(({ error }) => query.get('errors_only') !== 'true' || typeof error === 'string');
    return { status: 200, body: { logs: told } };
  }

  return {
    id,
    product,
    listed: { _id: id, client_app_id: `${name.toLowerCase()}-abcde`, name, product, group_id: groupId },
    serve,
    all,
    named,
    put: (collection, members) => {
      const found = named(collection, members.name);
      const elementId = String(found?.['_id'] ?? newId());
      write(collection, elementId, { ...found, ...members });
      return elementId;
    },
    remove: (collection, wanted) => void mapOf(collection).delete(String(named(collection, wanted)?.['_id'])),
    drafts,
    database: atlasDatabase(),
    logs,
  };
}

/** The content of a list. The description promises only the names of secrets, values and functions. */
function summary(collection: Collection, element: JsonObject): JsonObject {
  const { _id, name, type, private: isPrivate, from_secret } = element;
  if (collection === 'services') return { _id, name, type, version: 1 };
  if (collection === 'values') return { _id, name, private: isPrivate, from_secret };
  return collection === 'triggers' ? triggerAnswer(element) : { _id, name };
}

/** The description promises no id of a new data source or value. */
function made(collection: Collection, element: JsonObject): JsonObject {
  const { _id, ...others } = summary(collection, element);
  return collection === 'services' || collection === 'values' ? others : { _id, ...others };
}

/** Real answers have members that nobody sent, and lack some that are false. */
function triggerAnswer(trigger: JsonObject): JsonObject {
  const config = isRecord(trigger['config']) ? trigger['config'] : {};
  const told = Object.fromEntries(Object.entries(config).filter(([, value]) => value !== false));
  const added =
    trigger['type'] === 'DATABASE'
      ? { match: {}, project: {}, clusterName: 'Cluster0' }
      : { schedule_type: 'ADVANCED' };
  return { ...trigger, config: { ...added, ...told } };
}
