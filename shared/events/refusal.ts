// Why an event is refused, as data: for the receipt, the log and the Atlas side. docs/http.md lists the codes and fields.

export const refusalCodes = ['not-an-object', 'too-many-fields', 'missing', 'malformed', 'too-long'] as const;
/** Empty: it is the event as a whole. */
export const refusedFields = ['', '_id', 'operationType', 'clusterTime', 'wallTime', 'ns', 'ns.db', 'ns.coll'] as const;

export type RefusalCode = (typeof refusalCodes)[number];
export type RefusedField = (typeof refusedFields)[number];

export interface Refusal {
  readonly code: RefusalCode;
  readonly field: RefusedField;
}

/** Fifty times what any event has: an object of nothing but keys would take many times its text in memory. */
export const maxFields = 1000;

/**
 * MongoDB's own limits on names, in bytes. A namespace is database, dot and collection.
 * https://www.mongodb.com/docs/manual/reference/limits/#naming-restrictions
 */
export const maxDatabaseBytes = 63;
export const maxNamespaceBytes = 255;
/** Ten times the longest name of an operation so far. */
export const maxOperationTypeBytes = 255;
/** A resume token carries the document's key, and no BSON document is larger. */
export const maxTokenBytes = 16 * 1024 * 1024;

/** For people. Names the field and what it must be, never what stands in it: that may be a customer's. */
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
/** An event without either. A malformed clusterTime is not replaced by a wallTime. */
const aTime = `${timestamp}, or "wallTime" ${date}`;

const mustBe: Readonly<Record<RefusedField, string>> = {
  '': 'a JSON object',
  _id: 'a resume token {"_data":"…"}',
  operationType: 'a non-empty string',
  clusterTime: timestamp,
  wallTime: date,
  ns: 'an object with "db" and "coll" as non-empty strings, where it has them',
  'ns.db': 'a non-empty string',
  'ns.coll': 'a non-empty string',
};

const maxBytes: Readonly<Partial<Record<RefusedField, number>>> = {
  _id: maxTokenBytes,
  operationType: maxOperationTypeBytes,
  'ns.db': maxDatabaseBytes,
  'ns.coll': maxNamespaceBytes,
};
