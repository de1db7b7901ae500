// The JSON Schema of the fields that placing needs. All other fields pass unread, because MongoDB adds operation types
// and fields with each version. The build replaces this file by the code that ajv generates.
import { Ajv } from 'ajv';

const seconds = { type: 'integer', minimum: 0, maximum: 0xffff_ffff };

const placingSchema = {
  type: 'object',
  required: ['_id', 'operationType'],
  anyOf: [{ required: ['clusterTime'] }, { required: ['wallTime'] }],
  properties: {
    _id: { type: 'object', required: ['_data'], properties: { _data: { type: 'string', minLength: 1 } } },
    operationType: { type: 'string', minLength: 1 },
    clusterTime: {
      type: 'object',
      required: ['$timestamp'],
      additionalProperties: false,
      properties: {
        $timestamp: {
          type: 'object',
          required: ['t', 'i'],
          additionalProperties: false,
          properties: { t: seconds, i: seconds },
        },
      },
    },
    wallTime: { type: 'object', required: ['$date'], additionalProperties: false, properties: { $date: {} } },
    ns: {
      type: 'object',
      properties: { db: { type: 'string', minLength: 1 }, coll: { type: 'string', minLength: 1 } },
    },
  },
} as const;

/** The type of a value that passed the validator. */
export interface Placing {
  readonly _id: { readonly _data: string };
  readonly operationType: string;
  readonly clusterTime?: ClusterTime;
  readonly wallTime?: { readonly $date: unknown };
  readonly ns?: { readonly db?: string; readonly coll?: string };
}

export interface ClusterTime {
  readonly $timestamp: { readonly t: number; readonly i: number };
}

/** `allErrors` is off, because a hostile event could have an endless number of errors. */
export const ajv = new Ajv({ allErrors: false, strictRequired: false, code: { source: true, esm: true } });

export const isPlaceable = ajv.compile<Placing>(placingSchema);
