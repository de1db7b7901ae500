// Makes a document of edge values, which careless code changes. It is canonical Extended JSON, spelled as a serialiser
// does.
import { randomBytes } from 'node:crypto';

export interface EdgeDocument {
  /** 24 hex digits. */
  readonly id: string;
  readonly text: string;
}

/** MongoDB before 5.0 refuses these two keys. */
export const oddKeys = ['dotted.key', 'dollar$key'] as const;

const values: Readonly<Record<string, unknown>> = {
  longBeyondDoubles: { $numberLong: '9007199254740993' },
  longLargest: { $numberLong: '9223372036854775807' },
  longSmallest: { $numberLong: '-9223372036854775808' },
  int: { $numberInt: '-2147483648' },
  double: { $numberDouble: '0.1' },
  doubleWhole: { $numberDouble: '3.0' },
  doubleNotANumber: { $numberDouble: 'NaN' },
  doubleInfinite: { $numberDouble: '-Infinity' },
  doubleMinusZero: { $numberDouble: '-0.0' },
  decimal: { $numberDecimal: '12345678901234567890.12345678901234' },
  decimalZeros: { $numberDecimal: '1.10' },
  dateEarly: { $date: { $numberLong: '-62135596800001' } },
  dateBefore1970: { $date: { $numberLong: '-1' } },
  dateAfter9999: { $date: { $numberLong: '253402300800000' } },
  date: { $date: { $numberLong: '1795169730123' } },
  binary: { $binary: { base64: 'AP+AfwAB', subType: '00' } },
  uuid: { $binary: { base64: 'ABEiM0RVRneImaq7zN3u/w==', subType: '04' } },
  objectId: { $oid: '573a1390f29313caabcd4135' },
  emptyObject: {},
  nestedEmpty: { inner: { empty: {}, list: [[], {}] } },
  emptyText: '',
  nothing: null,
  list: [{ $numberInt: '1' }, { $numberLong: '2' }, { $numberDouble: '3.5' }, null, true],
  text: 'Größe – 東京 🎬 "quoted" \\ / \n\t\u0001 e\u0301 \u2028',
  longText: '東🎬ß'.repeat(5000),
  'key with spaces': true,
  ключ: false,
};

export function edgeDocument(): EdgeDocument {
  const id = randomBytes(12).toString('hex');
  const odd = Object.fromEntries(oddKeys.map((key) => [key, { $numberInt: '1' }]));
  return { id, text: JSON.stringify({ _id: { $oid: id }, atlasLakeSyncDoctor: true, ...values, ...odd }) };
}
