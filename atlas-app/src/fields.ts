// Reads unchecked values: an event, an answer, a document of the database.

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

export function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {};
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function textIn(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
