// Writes a BSON document as canonical Extended JSON, type by type, in one pass and without a tree. The package `bson`
// changes some values: undefined becomes null, a DBPointer becomes a DBRef, and keys that look like integers move to
// the front. https://bsonspec.org/spec.html
import { Decimal128 } from 'bson';
import { doubleText } from '../../shared/extended-json/numbers.ts';
import { type ByteWriter, byteWriter } from '../../shared/json/byte-writer.ts';
import { fault, readByte, readCString, readInt32, readInt64, readString, type Source, take } from './bson-source.ts';

/** MongoDB allows 100 levels. It does not write a file with more. */
const maxLevels = 200;

/** `offset` is the position of the document in its file. */
export function bsonToJson(bytes: Buffer, offset: number): Uint8Array {
  const out = byteWriter(bytes.length * 2);
  const source: Source = { bytes, offset, at: 0 };
  writeDocument(out, source, 'object', maxLevels);
  if (source.at !== bytes.length) throw fault(source, 'the document must end where its length says');
  return out.bytes();
}

function writeDocument(out: ByteWriter, source: Source, kind: 'object' | 'array', levels: number): void {
  if (levels === 0) throw fault(source, `a document must nest at most ${maxLevels} levels`);
  const end = source.at + readInt32(source);
  if (end > source.bytes.length) throw fault(source, 'an inner document must end inside its document');
  out.text(kind === 'object' ? '{' : '[');
  for (let isFirst = true; ; isFirst = false) {
    const type = readByte(source);
    if (type === 0) break;
    if (!isFirst) out.text(',');
    const key = readCString(source);
    if (kind === 'object') out.text(`${JSON.stringify(key)}:`);
    writeValue(out, source, type, levels);
  }
  if (source.at !== end) throw fault(source, 'an inner document must end where its length says');
  out.text(kind === 'object' ? '}' : ']');
}

function writeValue(out: ByteWriter, source: Source, type: number, levels: number): void {
  switch (type) {
    case 0x03:
      writeDocument(out, source, 'object', levels - 1);
      break;
    case 0x04:
      writeDocument(out, source, 'array', levels - 1);
      break;
    case 0x0f:
      // Its own length comes first. The lengths of its parts are enough.
      readInt32(source);
      out.text(`{"$code":${readText(source)},"$scope":`);
      writeDocument(out, source, 'object', levels - 1);
      out.text('}');
      break;
    default:
      out.text(readScalar(source, type));
  }
}

function readScalar(source: Source, type: number): string {
  switch (type) {
    case 0x01:
      return `{"$numberDouble":"${doubleText(take(source, 8).readDoubleLE())}"}`;
    case 0x02:
      return readText(source);
    case 0x05:
      return readBinary(source);
    case 0x06:
      return '{"$undefined":true}';
    case 0x07:
      return readObjectId(source);
    case 0x08:
      return readBoolean(source);
    case 0x09:
      return `{"$date":{"$numberLong":"${readInt64(source)}"}}`;
    case 0x0a:
      return 'null';
    case 0x0b:
      return readRegularExpression(source);
    case 0x0c:
      return `{"$dbPointer":{"$ref":${readText(source)},"$id":${readObjectId(source)}}}`;
    case 0x0d:
      return `{"$code":${readText(source)}}`;
    case 0x0e:
      return `{"$symbol":${readText(source)}}`;
    case 0x10:
      return `{"$numberInt":"${readInt32(source)}"}`;
    case 0x11:
      return readTimestamp(source);
    case 0x12:
      return `{"$numberLong":"${readInt64(source)}"}`;
    case 0x13:
      return `{"$numberDecimal":"${new Decimal128(take(source, 16))}"}`;
    case 0xff:
      return '{"$minKey":1}';
    case 0x7f:
      return '{"$maxKey":1}';
    default:
      throw fault(source, `a value must have a type of BSON: it has 0x${type.toString(16).padStart(2, '0')}`);
  }
}

function readBinary(source: Source): string {
  const length = readInt32(source);
  const subType = readByte(source);
  let bytes = take(source, length);
  // The old binary subtype repeats its length before its bytes.
  if (subType === 0x02 && length >= 4) bytes = bytes.subarray(4);
  const hex = subType.toString(16).padStart(2, '0');
  return `{"$binary":{"base64":"${bytes.toString('base64')}","subType":"${hex}"}}`;
}

function readBoolean(source: Source): string {
  const value = readByte(source);
  if (value > 1) throw fault(source, 'a boolean must be 0 or 1');
  return value === 1 ? 'true' : 'false';
}

function readObjectId(source: Source): string {
  return `{"$oid":"${take(source, 12).toString('hex')}"}`;
}

function readRegularExpression(source: Source): string {
  const pattern = readCString(source);
  const options = readCString(source);
  return `{"$regularExpression":${JSON.stringify({ pattern, options })}}`;
}

function readTimestamp(source: Source): string {
  const increment = take(source, 4).readUInt32LE();
  return `{"$timestamp":{"t":${take(source, 4).readUInt32LE()},"i":${increment}}}`;
}

/** A string, as JSON has it. */
function readText(source: Source): string {
  return JSON.stringify(readString(source));
}
