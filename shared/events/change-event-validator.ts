// What placing an event needs to know of it, as a JSON Schema. Everything else of a change event passes unread: MongoDB adds
// operation types and fields with each version. The build compiles this file away into the code that ajv generates.
import { Ajv } from 'ajv';

const seconds = { type: 'integer', minimum: 0, maximum: 0xffff_ffff };

export const placingSchema = {
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

/** What the validator vouches for. */
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

/** `allErrors` stays off: a hostile event must not make the validator collect problems without end. */
export const ajv = new Ajv({ allErrors: false, strictRequired: false, code: { source: true, esm: true } });

export const isPlaceable = ajv.compile<Placing>(placingSchema);
