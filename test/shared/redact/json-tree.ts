// Trees of JSON with every key in its spelling and place, also repeated keys.
import { fc } from '../../support/seeded.ts';
import type { PathRule } from './redaction-model.ts';

export type Tree =
  | { readonly kind: 'leaf'; readonly sent: string; readonly hashed: string }
  | { readonly kind: 'array'; readonly items: readonly Tree[] }
  | { readonly kind: 'object'; readonly members: readonly TreeMember[] };

export interface TreeMember {
  readonly key: string;
  /** Includes the quotes. */
  readonly keyText: string;
  readonly value: Tree;
}

export const names = ['a', 'b', 'é', '_id', '__proto__', 'constructor', '$x', ' a'] as const;
const keys = [...names, 'a.b', 'b.a.é', 'a.0', '0.b', '0', '17', '', '.', 'a.', '$oid', '$code'] as const;

/** In all spellings, by their canonical Extended JSON. */
const publicLeaves: readonly (readonly [hashed: string, ...sent: string[]])[] = [
  ['{"$numberInt":"5"}', '5', '5.0', '{"$numberInt":"5"}', '{"$numberLong":"5"}', '{"$numberDouble":"5.0"}'],
  ['{"$numberLong":"9007199254740993"}', '9007199254740993', '{"$numberLong":"9007199254740993"}'],
  ['{"$numberDouble":"0.5"}', '0.5', '5e-1', '{"$numberDouble":"0.50"}'],
  ['"é\\"{,"', '"é\\"{,"', '"\\u00e9\\u0022{,"'],
  ['null', 'null'],
  ['true', 'true'],
  ['[]', '[]'],
  ['{}', '{}'],
  ['{"$date":{"$numberLong":"0"}}', '{"$date":{"$numberLong":"0"}}', '{"$date":"1970-01-01T00:00:00Z"}'],
  ['{"$undefined":true}', '{"$undefined":true}'],
  ['{"$minKey":1}', '{"$minKey":1}'],
  ['{"$timestamp":{"t":1,"i":2}}', '{"$timestamp":{"t":1,"i":2}}'],
  ['{"$oid":"56e1fc72e0c917e9c4714161"}', '{"$oid":"56E1FC72E0C917E9C4714161"}'],
];

const hex = Buffer.from('canary471100').toString('hex');
const base64 = Buffer.from('canary4711 canary').toString('base64');
const uuid = '4711cafe-4711-4711-8711-4711cafe4711';
/** Texts that must not appear, in lower case. */
export const needles: readonly string[] = [
  ...['canary4711', hex, hex.slice(0, 20), base64.toLowerCase(), uuid, '4711471147', '2471-11-04'],
  Buffer.from(uuid.replaceAll('-', ''), 'hex').toString('base64').toLowerCase(),
];
const secretLeaves: readonly string[] = [
  ...['"canary4711"', '"c\\u0061nary4711"', '4711471147', '-4711471147.5', '["canary4711"]', '{"canary4711":1}'],
  ...['{"$numberInt":"471147114"}', '{"$numberLong":"4711471147114711"}', '{"$numberDouble":"4711471147.5"}'],
  ...['{"$numberDecimal":"4711471147.10"}', `{"$oid":"${hex}"}`, `{"$uuid":"${uuid}"}`, '{"$symbol":"canary4711"}'],
  ...[`{"$binary":{"base64":"${base64}","subType":"00"}}`, '{"$date":"2471-11-04T11:47:11Z"}'],
  ...[
    '{"$date":{"$numberLong":"4711471147114"}}',
    '{"$timestamp":{"t":4711,"i":4711471147}}',
    '{"$code":"canary4711"}',
  ],
  ...['{"$code":"f","$scope":{"a":"canary4711"}}', '{"$regularExpression":{"pattern":"canary4711","options":""}}'],
  ...[
    `{"$dbPointer":{"$ref":"canary4711","$id":{"$oid":"${hex}"}}}`,
    '{"$ref":"canary4711","$id":5}',
    '{"$oid":"canary4711"}',
  ],
];

const leaf = fc
  .constantFrom(...publicLeaves)
  .chain(([hashed, ...spellings]) =>
    fc.constantFrom(...spellings).map((sent): Tree => ({ kind: 'leaf', sent, hashed })),
  );
export const secretLeaf = fc.constantFrom(...secretLeaves);
const keyOf = fc
  .tuple(fc.constantFrom(...keys), fc.boolean())
  .map(([key, isEscaped]) => ({ key, keyText: keyTextOf(key, isEscaped) }));

export const { object } = fc.letrec<{ value: Tree; object: Tree; array: Tree }>((tie) => ({
  value: fc.oneof({ depthSize: 'small', withCrossShrink: true }, leaf, tie('object'), tie('array')),
  object: fc
    .array(fc.tuple(keyOf, tie('value')), { maxLength: 5 })
    .map((members) => ({ kind: 'object', members: members.map(([key, value]) => ({ ...key, value })) })),
  array: fc.array(tie('value'), { maxLength: 3 }).map((items) => ({ kind: 'array', items })),
}));

export const rule: fc.Arbitrary<PathRule> = fc.record({
  path: fc
    .array(fc.constantFrom(...names, '', '0'), { minLength: 1, maxLength: 3 })
    .filter((path) => path.some((name) => name !== '0')),
  action: fc.constantFrom('drop', 'mask', 'hash'),
});

export function textOfTree(tree: Tree, space = ''): string {
  const separator = `${space},${space}`;
  switch (tree.kind) {
    case 'leaf':
      return tree.sent;
    case 'array':
      return `[${space}${tree.items.map((item) => textOfTree(item, space)).join(separator)}${space}]`;
    case 'object':
      return `{${space}${tree.members.map(({ keyText, value }) => `${keyText}${space}:${space}${textOfTree(value, space)}`).join(separator)}${space}}`;
  }
}

export function keyTextOf(key: string, isEscaped: boolean): string {
  if (!isEscaped) return JSON.stringify(key);
  return `"${[...key].map((letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}"`;
}
