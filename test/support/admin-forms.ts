// The forms that the Admin API of the tests accepts: required and known members, names, sizes, links.
import { Script } from 'node:vm';
import type { JsonObject } from '../../local/atlas-deploy/json.ts';
import { isRecord } from '../../shared/json/record.ts';
import type { Collection } from './admin-app.ts';
import { Refusal } from './admin-refusal.ts';

export interface Surroundings {
  readonly clusters: readonly string[];
  /** By id. Secrets are by name. */
  readonly exists: (collection: Collection, key: unknown) => boolean;
}

type Form = Readonly<Record<string, (value: unknown) => boolean>>;

const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';
const isFlag = (value: unknown): boolean => typeof value === 'boolean';
const isName = (value: unknown): boolean => typeof value === 'string' && /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(value);
const operations = ['INSERT', 'UPDATE', 'REPLACE', 'DELETE'];

export function checkForm(collection: Collection, body: unknown, surroundings: Surroundings): JsonObject {
  const { required, optional } = formOf(collection, body, surroundings);
  return checkMembers(body, required, optional);
}

function formOf(collection: Collection, body: unknown, surroundings: Surroundings): { required: Form; optional: Form } {
  const { exists } = surroundings;
  switch (collection) {
    case 'services':
      return {
        required: { name: isName, type: (type) => type === 'mongodb-atlas', config: isLink(surroundings) },
        optional: {},
      };
    case 'secrets':
      return {
        required: { name: isName, value: (value) => isText(value) && String(value).length <= 500 },
        optional: { _id: isText },
      };
    case 'values': {
      const isSecret = isRecord(body) && body['from_secret'] === true;
      const isContent = (value: unknown): boolean => (isSecret ? exists('secrets', value) : value !== undefined);
      return { required: { name: isName, private: isFlag, value: isContent }, optional: { from_secret: isFlag } };
    }
    case 'functions': {
      const required = { name: isName, private: isFlag, run_as_system: isFlag, source: isScript };
      return { required, optional: { disable_arg_logs: isFlag, can_evaluate: isRecord } };
    }
    case 'triggers': {
      const isFunction = (value: unknown): boolean => exists('functions', value);
      const isConfig = (config: unknown): boolean => hasMembers(config, ...configForm(body, exists));
      const required = { name: isName, type: isTriggerType, function_id: isFunction, config: isConfig };
      return { required, optional: { disabled: isFlag, function_name: isName, event_processors: callsSame(body) } };
    }
  }
}

function isLink({ clusters }: Surroundings): (config: unknown) => boolean {
  return (config) => {
    const optional = { readPreference: isText, wireProtocolEnabled: isFlag };
    if (!hasMembers(config, { clusterName: isText }, optional)) return false;
    const cluster = isRecord(config) ? String(config['clusterName']) : '';
    if (!clusters.includes(cluster)) throw new Refusal(400, 'InvalidParameter', `cluster "${cluster}" not found`);
    return true;
  };
}

function configForm(trigger: unknown, exists: Surroundings['exists']): [Form, Form] {
  if (isRecord(trigger) && trigger['type'] === 'SCHEDULED')
    return [
      { schedule: (text) => typeof text === 'string' && /^\S+( \S+){4}$/.test(text) },
      { skip_catchup_events: isFlag },
    ];
  const required = { service_id: (id: unknown) => exists('services', id), operation_types: areOperations };
  const flags = [
    'full_document',
    'full_document_before_change',
    'unordered',
    'maximum_throughput',
    'skip_catchup_events',
  ];
  const optional = Object.fromEntries([...flags, 'tolerate_resume_errors'].map((key) => [key, isFlag]));
  return [required, { ...optional, database: isText, collection: isText, match: isRecord, project: isRecord }];
}

function areOperations(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every((one) => operations.includes(String(one)));
}

function isTriggerType(type: unknown): boolean {
  return type === 'DATABASE' || type === 'SCHEDULED';
}

/** A trigger names the function in two places. Both must be the same. */
function callsSame(trigger: unknown): (processors: unknown) => boolean {
  const id = isRecord(trigger) ? trigger['function_id'] : undefined;
  const isConfig = (config: unknown): boolean =>
    hasMembers(config, { function_id: (value) => value === id }, { function_name: isName });
  return (processors) =>
    hasMembers(processors, { FUNCTION: (called) => hasMembers(called, { config: isConfig }, {}) }, {});
}

function isScript(source: unknown): boolean {
  if (typeof source !== 'string' || !source.includes('exports')) return false;
  try {
    return new Script(source) instanceof Script;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

function hasMembers(value: unknown, required: Form, optional: Form): boolean {
  checkMembers(value, required, optional);
  return true;
}

function checkMembers(value: unknown, required: Form, optional: Form): JsonObject {
  if (!isRecord(value)) throw new Refusal(400, 'BadRequest', 'expected an object');
  for (const [key, isRight] of Object.entries(required))
    if (!isRight(value[key])) throw new Refusal(400, 'InvalidParameter', `${key}: missing or invalid`);
  for (const [key, content] of Object.entries(value)) {
    if (Object.hasOwn(required, key)) continue;
    if (optional[key]?.(content) !== true) throw new Refusal(400, 'InvalidParameter', `${key}: unknown or invalid`);
  }
  return value;
}
