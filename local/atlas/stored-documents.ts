// The documents of one collection, and the operations that find and change them.
import { BSON, ObjectId } from 'bson';
import { applyUpdate, type Fields, isMatch, operatorsOf } from './atlas-query.ts';
import { documentOf } from './bson-document.ts';
import { compareUtf8, keyOfBson } from './bson-order.ts';

/** The key is the canonical text of the `_id`. */
export type StoredDocuments = Map<string, Uint8Array>;

const maxDocumentBytes = 16 * 1024 * 1024;

export function insert(documents: StoredDocuments, { _id = new ObjectId(), ...fields }: Fields): Fields {
  const key = keyOfBson(_id);
  // The real message repeats the key too: one more reason not to log it.
  if (documents.has(key)) throw databaseError(`E11000 duplicate key error dup key: { _id: ${key} }`, 11000);
  documents.set(key, bytesOf({ _id, ...fields }));
  return { insertedId: _id };
}

export function updateDocuments(
  documents: StoredDocuments,
  query: Fields,
  change: Fields,
  options: Fields,
  most: number,
) {
  const unknown = Object.keys(options).find((option) => !['upsert', 'returnNewDocument'].includes(option));
  if (unknown !== undefined) throw new Error(`unknown option: ${unknown}`);
  const found = matching(documents, query).slice(0, most);
  const [before = null] = found;
  let after: Fields | null = null;
  for (const document of found) {
    after = applyUpdate(document, change);
    documents.set(keyOfBson(document['_id']), bytesOf(after));
  }
  if (before === null && options['upsert'] === true) {
    after = applyUpdate({ _id: query['_id'] ?? new ObjectId() }, change, true);
    insert(documents, after);
  }
  return { counts: { matchedCount: found.length, modifiedCount: found.length }, before, after };
}

export function remove(documents: StoredDocuments, query: Fields, most: number): Fields {
  const found = matching(documents, query).slice(0, most);
  for (const document of found) documents.delete(keyOfBson(document['_id']));
  return { deletedCount: found.length };
}

export function matching(documents: StoredDocuments, query: Fields, compareText = compareUtf8): Fields[] {
  const { _id: id, ...others } = query;
  const found = foundById(documents, id);
  const candidates = (found ?? [...documents.values()]).map(documentOf);
  return candidates.filter((document) => isMatch(document, found === undefined ? query : others, compareText));
}

/** Uses the index on `_id`, which every collection has, if the query names values of `_id`. */
function foundById(documents: StoredDocuments, id: unknown): Uint8Array[] | undefined {
  const operators = operatorsOf(id) ?? [['$in', [id]]];
  const [operator, operand] = operators[0] ?? [];
  if (id === undefined || operators.length > 1 || operator !== '$in' || !Array.isArray(operand)) return undefined;
  const keys = new Set([...operand].map(keyOfBson));
  return [...keys].flatMap((key) => documents.get(key) ?? []);
}

function bytesOf(document: Fields): Uint8Array {
  const bytes = BSON.serialize(document);
  if (bytes.length > maxDocumentBytes) throw databaseError(`object to insert too large: ${bytes.length}`, 10334);
  return bytes;
}

export function databaseError(message: string, code: number): Error {
  return Object.assign(new Error(message), { code });
}
