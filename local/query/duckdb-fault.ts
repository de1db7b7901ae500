// Describes a fault of DuckDB by its type. Its message is left out: it can contain a value of the lake.

const types = ['IO', 'Conversion', 'Invalid Input', 'Out of Range', 'Constraint', 'Catalog', 'Binder', 'INTERNAL'];

const beginning = new RegExp(`^(?:${types.join('|')}) Error(?=: )`);

/** Returns a type such as "IO Error". Undefined for other faults. */
export function duckdbFault(fault: unknown): string | undefined {
  return fault instanceof Error ? beginning.exec(fault.message)?.[0] : undefined;
}
