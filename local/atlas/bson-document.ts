// A stored document as a function gets it, with plain numbers. A number stays wrapped if its canonical text would
// change type.
import { BSON, Double, Int32, Long, Timestamp } from 'bson';

export function documentOf(bytes: Uint8Array): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(BSON.deserialize(bytes, { promoteValues: false })).map(([name, value]) => [name, plain(value)]),
  );
}

function plain(value: unknown): unknown {
  if (value instanceof Int32) return value.value;
  if (value instanceof Double) return Number.isInteger(value.value) ? value : value.value;
  if (value instanceof Long && !(value instanceof Timestamp)) return isTypeShown(value) ? value.toNumber() : value;
  if (Array.isArray(value)) return value.map(plain);
  if (Object.prototype.toString.call(value) !== '[object Object]' || '_bsontype' in Object(value)) return value;
  return Object.fromEntries(Object.entries(Object(value)).map(([name, member]) => [name, plain(member)]));
}

/** A whole number beyond 32 bits is a `long` in canonical text. */
function isTypeShown(value: Long): boolean {
  const number = value.toNumber();
  return Number.isSafeInteger(number) && Math.abs(number) > 2 ** 31;
}
