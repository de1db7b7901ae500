// A bounded sample of a collection's documents, spread over its whole history.
import type { DuckDBConnection } from '@duckdb/node-api';
import type { SampledDocument } from '../views/infer-columns.ts';

/** A document can have 16 MB. */
const maxSampleBytes = 134_217_728;

/** Selects from `changes`. The same changes give the same sample. */
export async function sampledDocuments(
  connection: DuckDBConnection,
  changes: string,
  most: number,
  isSimpleLake: boolean,
): Promise<SampledDocument[]> {
  const rows = await connection.stream(`WITH documents AS (
    SELECT sequence, row_number() OVER (ORDER BY sequence) - 1 AS place, count(*) OVER () AS total
    FROM ${changes} WHERE data IS NOT NULL AND operationType <> 'delete'
  ), chosen AS (
    SELECT sequence FROM documents
    WHERE total <= ${most} OR place = 0 OR (place * ${most}) // total > ((place - 1) * ${most}) // total
  )
  SELECT data, documentKey FROM ${changes} SEMI JOIN chosen USING (sequence) ORDER BY sequence`);
  const found: { text: string; key: string }[] = [];
  let bytes = 0;
  for await (const chunk of rows.yieldRows()) {
    for (const [data, key] of chunk) {
      const text = String(data);
      bytes += text.length;
      if (bytes > maxSampleBytes && found.length > 0) return documentsOf(found, isSimpleLake);
      found.push({ text, key: String(key) });
    }
  }
  return documentsOf(found, isSimpleLake);
}

/** A text that looks like a date is a date in the format `simple`, and a text in the others. */
function documentsOf(found: readonly { text: string; key: string }[], isSimpleLake: boolean): SampledDocument[] {
  const signs = found.map(({ text, key }) => formatSign(text, key));
  const isSimple = !signs.includes('extended') && (isSimpleLake || signs.includes('simple'));
  return found.map(({ text }, index) => ({
    text: Buffer.from(text),
    isSimple: signs[index] === 'simple' || (signs[index] === undefined && isSimple),
  }));
}

/** Returns the format that a document shows. Many documents show none. */
function formatSign(text: string, key: string): 'extended' | 'simple' | undefined {
  if (extendedType.test(text) || extendedType.test(key)) return 'extended';
  return plainObjectId.test(key) ? 'simple' : undefined;
}

const extendedType =
  /\{\s*"\$(?:oid|date|number(?:Int|Long|Double|Decimal)|binary|timestamp|regularExpression|symbol)"/;
const plainObjectId = /"_id"\s*:\s*"[0-9a-f]{24}"/;
