// Finds the options of a trigger that lose events, or parts of them. Pure. atlas-app/README.md explains each option.
import { isRecord } from '../../../shared/json/record.ts';
import type { JsonObject } from '../../atlas-deploy/json.ts';

export interface Loss {
  /** The option's name in the Admin API. */
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
      'is on: it skips a gap without a message',
    ),
    ...lossIf(
      config['skip_catchup_events'] === true,
      'skip_catchup_events',
      'is on: changes during a pause of the trigger never arrive',
    ),
    ...lossIf(isMatching, 'match', 'skips events, and the resume token can become too old'),
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
    ? 'is off: deletes have no document'
    : 'works for collections only: deletes have no document';
  return [
    ...lossIf(config['full_document'] !== true, 'full_document', 'is off: updates have no document'),
    ...lossIf(
      !isOfCollection || config['full_document_before_change'] !== true,
      'full_document_before_change',
      preImages,
    ),
  ];
}

/** A project expression drops every member that it does not name. */
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
    ...lossIf(!has('ns') && !has('ns.db', 'ns.coll'), 'project', 'lacks ns: files go to the folder ~/~'),
    ...lacks('documentKey', 'a delete does not name its document'),
    ...lacks('fullDocument', 'files have no document'),
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
