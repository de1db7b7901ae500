// Why an event is refused, as data for the receipt, the log and the Atlas side. docs/http.md lists codes and fields.

export const refusalCodes = ['not-an-object', 'too-many-fields', 'missing', 'malformed', 'too-long'] as const;
/** The empty text stands for the whole event. */
export const refusedFields = ['', '_id', 'operationType', 'clusterTime', 'wallTime', 'ns', 'ns.db', 'ns.coll'] as const;

export type RefusalCode = (typeof refusalCodes)[number];
export type RefusedField = (typeof refusedFields)[number];

export interface Refusal {
  readonly code: RefusalCode;
  readonly field: RefusedField;
}

/** Fifty times more than any real event has. Millions of keys would take many times their text in memory. */
export const maxFields = 1000;

/**
 * MongoDB's own limits on names, in bytes. A namespace is database, dot and collection.
 * https://www.mongodb.com/docs/manual/reference/limits/#naming-restrictions
 */
export const maxDatabaseBytes = 63;
export const maxNamespaceBytes = 255;
/** Ten times the longest operation type so far. */
export const maxOperationTypeBytes = 255;
/** A resume token contains the document key. No BSON document is larger. */
export const maxTokenBytes = 16 * 1024 * 1024;

/** For people. It never has the value of a field, because that can be a customer's data. */
export function refusalText({ code, field }: Refusal): string {
  return `Cannot read change event: ${problemOf(code, field)}`;
}

function problemOf(code: RefusalCode, field: RefusedField): string {
  switch (code) {
    case 'not-an-object':
      return 'the event must be a JSON object: it has another type';
    case 'too-many-fields':
      return `the event must have at most ${maxFields} fields: it has more`;
    case 'missing':
      return `"${field}" must be ${field === 'clusterTime' ? aTime : mustBe[field]}: it is missing`;
    case 'malformed':
      return `"${field}" must be ${mustBe[field]}: it has another type or value`;
    case 'too-long':
      return `"${field}" must have at most ${maxBytes[field] ?? 0} bytes${field === 'ns.coll' ? ' with its database' : ''}: it has more`;
  }
}

const timestamp = 'a timestamp {"$timestamp":{"t":…,"i":…}} of whole numbers from 0 to 4294967295';
const date = 'a date {"$date":…} of the years 1970 to 9999';
/** For an event without both. A wallTime does not replace a malformed clusterTime. */
const aTime = `${timestamp}, or "wallTime" ${date}`;

const mustBe: Readonly<Record<RefusedField, string>> = {
  '': 'a JSON object',
  _id: 'a resume token {"_data":"…"}',
  operationType: 'a non-empty string',
  clusterTime: timestamp,
  wallTime: date,
  ns: 'an object whose "db" and "coll", if present, are non-empty strings',
  'ns.db': 'a non-empty string',
  'ns.coll': 'a non-empty string',
};

const maxBytes: Readonly<Partial<Record<RefusedField, number>>> = {
  _id: maxTokenBytes,
  operationType: maxOperationTypeBytes,
  'ns.db': maxDatabaseBytes,
  'ns.coll': maxNamespaceBytes,
};
