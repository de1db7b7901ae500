// Reads the bytes of a BSON document, from a position that moves on. Malformed bytes throw, with their place in the
// file.
import { isUtf8 } from 'node:buffer';
import { DumpFault } from './dump-fault.ts';

export interface Source {
  readonly bytes: Buffer;
  /** The start of the document in the file, for messages. */
  readonly offset: number;
  at: number;
}

export function readString(source: Source): string {
  const length = readInt32(source);
  const bytes = take(source, length);
  if (length < 1 || bytes[length - 1] !== 0) throw fault(source, 'a string must end with a zero byte');
  return utf8(source, bytes.subarray(0, -1));
}

export function readCString(source: Source): string {
  const end = source.bytes.indexOf(0, source.at);
  if (end < 0) throw fault(source, 'a name must end with a zero byte');
  const text = utf8(source, source.bytes.subarray(source.at, end));
  source.at = end + 1;
  return text;
}

/** Decoding would replace a broken character without an error, and change the value. */
function utf8(source: Source, bytes: Buffer): string {
  if (!isUtf8(bytes))
    throw fault(source, 'text must be UTF-8, or load the output of bsondump, which has U+FFFD for other bytes');
  return bytes.toString('utf8');
}

export function readByte(source: Source): number {
  return take(source, 1).readUInt8();
}

export function readInt32(source: Source): number {
  return take(source, 4).readInt32LE();
}

export function readInt64(source: Source): bigint {
  return take(source, 8).readBigInt64LE();
}

export function take(source: Source, length: number): Buffer {
  if (length < 0 || source.at + length > source.bytes.length)
    throw fault(source, 'a value must end inside its document');
  const start = source.at;
  source.at += length;
  return source.bytes.subarray(start, source.at);
}

export function fault(source: Source, requirement: string): DumpFault {
  return new DumpFault(requirement, `byte ${source.offset + source.at}`);
}
