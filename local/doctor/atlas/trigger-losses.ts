// The options of a trigger by which events, or what they carry, never arrive. Pure. atlas-app/README.md tells more of each.
import { isRecord } from '../../../shared/json/record.ts';
import type { JsonObject } from '../../atlas-deploy/json.ts';

export interface Loss {
  /** The option, as the Admin API calls it. */
  readonly option: string;
  readonly told: string;
}

const operations = ['INSERT', 'UPDATE', 'REPLACE', 'DELETE'];
const consequences: ReadonlyMap<string, string> = new Map([
  ['INSERT', 'new documents never arrive'],
  ['UPDATE', 'updates never arrive'],
  ['REPLACE', 'edits in Compass, in the Data Explorer and by replaceOne never arrive'],
  ['DELETE', 'deletes never arrive'],
]);

export function lossesOf(config: JsonObject): Loss[] {
  return [...skips(config), ...missingOperations(config), ...missingDocuments(config), ...projected(config)];
}

function skips(config: JsonObject): Loss[] {
  const isMatching = isRecord(config['match']) && Object.keys(config['match']).length > 0;
  return [
    ...lossIf(
      config['tolerate_resume_errors'] === true,
      'tolerate_resume_errors',
      'is on: a gap is skipped, and nobody hears of it',
    ),
    ...lossIf(
      config['skip_catchup_events'] === true,
      'skip_catchup_events',
      'is on: what changes while the trigger is off is never sent',
    ),
    ...lossIf(isMatching, 'match', 'leaves events out, and can let the resume token grow too old'),
  ];
}

function missingOperations(config: JsonObject): Loss[] {
  const watched = Array.isArray(config['operation_types']) ? config['operation_types'] : [];
  return operations
    .filter((operation) => !watched.includes(operation))
    .map((operation) => ({ option: 'operation_types', told: `lacks ${operation}: ${consequences.get(operation)}` }));
}

function missingDocuments(config: JsonObject): Loss[] {
  const isOfCollection = typeof config['collection'] === 'string' && config['collection'] !== '';
  const preImages = isOfCollection
    ? 'is off: deletes bring no document'
    : 'is for collections alone: deletes bring no document';
  return [
    ...lossIf(config['full_document'] !== true, 'full_document', 'is off: updates bring no document'),
    ...lossIf(
      !isOfCollection || config['full_document_before_change'] !== true,
      'full_document_before_change',
      preImages,
    ),
  ];
}

/** It is inclusive: what it does not name is gone. */
function projected(config: JsonObject): Loss[] {
  const project = config['project'];
  if (!isRecord(project) || Object.keys(project).length === 0) return [];
  const has = (...names: readonly string[]): boolean => names.every((name) => isNamed(project, name));
  const lacks = (name: string, told: string): Loss[] => lossIf(!has(name), 'project', `lacks ${name}: ${told}`);
  return [
    ...lacks('_id', 'the receiver refuses such events'),
    ...lossIf(
      !has('clusterTime') && !has('wallTime'),
      'project',
      'lacks clusterTime: the receiver refuses such events',
    ),
    ...lacks('operationType', 'the receiver refuses such events'),
    ...lossIf(!has('ns') && !has('ns.db', 'ns.coll'), 'project', 'lacks ns: nobody finds the files'),
    ...lacks('documentKey', 'a delete does not say of what'),
    ...lacks('fullDocument', 'files hold no document'),
  ];
}

function isNamed(project: JsonObject, name: string): boolean {
  const value = project[name];
  return (
    value === 1 ||
    value === true ||
    (isRecord(value) && ['$numberInt', '$numberLong'].some((key) => value[key] === '1'))
  );
}

function lossIf(isLost: boolean, option: string, told: string): Loss[] {
  return isLost ? [{ option, told }] : [];
}
