// Finds a load with a wrong shard key. Its document keys have other fields than those of change events, so the latest
// state has each changed document twice.
import type { LakeDatabase } from '../../query/lake-database.ts';
import { endsCollection } from '../../views/view-queries.ts';

/** The field names of document keys, in order. */
export interface KeyNames {
  readonly ofLoad: readonly string[];
  readonly ofChanges: readonly string[];
}

/**
 * Compares the newest keys of one document, because a key leaves out fields that its document lacks. Undefined if they
 * agree for all documents.
 */
export async function differingKeys(changes: string, { connection }: LakeDatabase): Promise<KeyNames | undefined> {
  const found = await connection.runAndReadAll(`
WITH keys AS (
  SELECT CAST(json_extract(documentKey, '$._id') AS VARCHAR) AS id, json_keys(documentKey) AS names, sequence,
    coalesce(json_extract_string(rest, '$.snapshot') = 'true', false) AS isLoaded
  FROM ${changes}
  WHERE documentKey IS NOT NULL
    AND sequence > (SELECT coalesce(max(sequence), '') FROM ${changes} WHERE ${endsCollection})
),
newest AS (
  SELECT max(sequence) AS sequence,
    arg_max(names, sequence) FILTER (WHERE isLoaded) AS ofLoad,
    arg_max(names, sequence) FILTER (WHERE NOT isLoaded) AS ofChanges
  FROM keys GROUP BY id
)
SELECT CAST(to_json({ 'ofLoad': ofLoad, 'ofChanges': ofChanges }) AS VARCHAR)
FROM newest WHERE ofLoad <> ofChanges ORDER BY sequence DESC LIMIT 1`);
  const [row] = found.getRows();
  return row === undefined ? undefined : JSON.parse(String(row[0]));
}

/** The value of `--shard-key`. The last field is `_id` unless the shard key has it before. */
export function shardKeyOf({ ofChanges }: KeyNames): string {
  const fields = ofChanges.length > 1 && ofChanges.at(-1) === '_id' ? ofChanges.slice(0, -1) : ofChanges;
  return fields.join();
}
