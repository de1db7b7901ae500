// Values of every BSON type, mostly edge cases, as they are sent and in each format. MongoDB's corpus tests drivers.
// This one tests the lines in the lake.
import {
  BSONRegExp,
  BSONSymbol,
  Code,
  DBRef,
  Decimal128,
  Double,
  Int32,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  Timestamp,
  UUID,
} from 'bson';
import { asSent, beyondJavaScript, binary, type CorpusValue, date, number, wrapped } from './corpus-value.ts';

const oid = '56e1fc72e0c917e9c4714161';
const uuid = 'c8edabc3-f738-4ca3-b68d-ab92a91478a3';
const uuidBase64 = 'yO2rw/c4TKO2jauSqRR4ow==';

export const corpus: readonly CorpusValue[] = [
  ...['0', '1', '-1', '2147483647', '-2147483648'].map((digits) => ({
    ...number('$numberInt', digits),
    bson: new Int32(digits),
  })),
  ...['2147483648', '-2147483649', '9007199254740993', '9223372036854775807', '-9223372036854775808'].map((digits) => ({
    ...number('$numberLong', digits),
    bson: Long.fromString(digits),
  })),
  { ...number('$numberLong', '5'), canonicalOfRelaxed: '{"$numberInt":"5"}', bson: Long.fromNumber(5) },
  ...['1.0', '-0.0', '0.1', '-1.5', '1e+21', '1e-7', '1e+300', '5e-324', '-1.7976931348623157e+308'].map((text) => ({
    ...number('$numberDouble', text),
    bson: new Double(Number(text)),
  })),
  { ...number('$numberDouble', '17.0'), alsoSentAs: ['{"$numberDouble":"17"}'], bson: new Double(17) },
  ...['NaN', 'Infinity', '-Infinity'].map((text) => ({
    ...wrapped('$numberDouble', text),
    bson: new Double(Number(text)),
  })),
  ...['0.1', '1.50', '-0', '1E+3', '9.999999999999999999999999999999999E+6144', '1E-6176', 'NaN', '-Infinity'].map(
    (text) => ({ ...wrapped('$numberDecimal', text), bson: Decimal128.fromString(text) }),
  ),
  { ...wrapped('$oid', oid), alsoSentAs: [`{"$oid":"${oid.toUpperCase()}"}`], bson: new ObjectId(oid) },
  ...[
    date('0', '"1970-01-01T00:00:00Z"', '1970-01-01T00:00:00.000Z'),
    {
      ...date('1356351330501', '"2012-12-24T12:15:30.501Z"', '2012-12-24T12:15:30.501Z'),
      alsoSentAs: ['2012-12-24T13:15:30.501+01:00', '2012-12-24T06:45:30.501-0530'].map((iso) => `{"$date":"${iso}"}`),
    },
    date('1356351330500', '"2012-12-24T12:15:30.500Z"', '2012-12-24T12:15:30.500Z'),
    {
      ...date('-1', '{"$numberLong":"-1"}', '1969-12-31T23:59:59.999Z'),
      alsoSentAs: ['{"$date":"1969-12-31T23:59:59.999Z"}'],
    },
    date('253402300799999', '"9999-12-31T23:59:59.999Z"', '9999-12-31T23:59:59.999Z'),
    date('253402300800000', '{"$numberLong":"253402300800000"}', '+010000-01-01T00:00:00.000Z'),
    date('-62167219200001', '{"$numberLong":"-62167219200001"}', '-000001-12-31T23:59:59.999Z'),
    date('8640000000000000', '{"$numberLong":"8640000000000000"}', '+275760-09-13T00:00:00.000Z'),
  ],
  // These dates are beyond JavaScript's Date, and bson cannot read them.
  beyondJavaScript('8640000000000001', '+275760-09-13T00:00:00.001Z'),
  beyondJavaScript('-8640000000000001', '-271821-04-19T23:59:59.999Z'),
  beyondJavaScript('9223372036854775807', '+292278994-08-17T07:12:55.807Z'),
  beyondJavaScript('-9223372036854775808', '-292275055-05-16T16:47:04.192Z'),
  ...['00', '01', '03', '05', '06', '07', '08', '09', '80', 'ff'].map((subType) => binary('AQIDBA==', subType)),
  binary('', '00'),
  // Not as long as a UUID. bson refuses it, but a server accepts it.
  {
    ...asSent('{"$binary":{"base64":"AAECAwQFBgcICQoLDA0ODxAR","subType":"04"}}'),
    simple: '"AAECAwQFBgcICQoLDA0ODxAR"',
  },
  { ...asSent('{"$binary":{"base64":"AQIDBA==","subType":"04"}}'), simple: '"AQIDBA=="' },
  binary(uuidBase64, '03'),
  {
    ...binary(uuidBase64, '04'),
    bson: new UUID(uuid),
    simple: `"${uuid}"`,
    alsoSentAs: [`{"$uuid":"${uuid}"}`, `{"$uuid":"${uuid.toUpperCase()}"}`],
  },
  {
    ...asSent('{"$timestamp":{"t":4294967295,"i":0}}', new Timestamp({ t: 0xffff_ffff, i: 0 })),
    simple: '{"t":4294967295,"i":0}',
  },
  {
    ...asSent('{"$regularExpression":{"pattern":"^a/\\"\\\\d","options":"imx"}}', new BSONRegExp('^a/"\\d', 'imx')),
    simple: '"/^a/\\"\\\\d/imx"',
  },
  { ...asSent('{"$regularExpression":{"pattern":"","options":""}}', new BSONRegExp('', '')), simple: '"//"' },
  { ...asSent('{"$code":"f(\\"\\ud834\\udd1e\\")"}', new Code('f("𝄞")')), simple: '"f(\\"𝄞\\")"' },
  { ...asSent('{"$code":"","$scope":{}}', new Code('', {})), simple: '{"code":"","scope":{}}' },
  {
    ...asSent(`{"$scope":{"id":{"$oid":"${oid}"}},"$code":"f"}`, new Code('f', { id: new ObjectId(oid) })),
    simple: `{"scope":{"id":"${oid}"},"code":"f"}`,
  },
  { ...asSent('{"$symbol":"s"}', new BSONSymbol('s')), simple: '"s"' },
  { ...asSent('{"$undefined":true}'), simple: 'null' },
  { ...asSent('{"$minKey":1}', new MinKey()), simple: '"MinKey"' },
  { ...asSent('{"$maxKey":1}', new MaxKey()), simple: '"MaxKey"' },
  { ...asSent(`{"$dbPointer":{"$ref":"a.b","$id":{"$oid":"${oid}"}}}`), simple: `{"ref":"a.b","id":"${oid}"}` },
  {
    ...asSent(
      `{"$ref":"a","$id":{"$oid":"${oid}"},"$db":"d","x":null}`,
      new DBRef('a', new ObjectId(oid), 'd', { x: null }),
    ),
    simple: `{"$ref":"a","$id":"${oid}","$db":"d","x":null}`,
  },
  asSent('null', null),
  asSent('[true,false,[],{}]', [true, false, [], {}]),
  asSent('"a\\u0000\\/\\n\\"\\\\ \\ud834\\udd1e é 𝄞 {\\"$oid\\": 1} "', 'a\0/\n"\\ 𝄞 é 𝄞 {"$oid": 1} '),
  asSent('{"":"","a.b":"","$":"","$x":"","constructor":"","\\u0024k":""}', {
    '': '',
    'a.b': '',
    $: '',
    $x: '',
    constructor: '',
    $k: '',
  }),
  asSent('{"10":"","9":"","b":"","1":"","__proto__":"","b":"twice"}'),
];
