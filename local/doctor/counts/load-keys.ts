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
 * Compares the newest keys of one document. A key leaves out fields that its document lacks, so the load or the changes
 * can have fewer fields for one document, and are right if they have all fields for another one. Keys that a repair
 * deleted are no longer in the latest state. The token of such a delete has no increment. Undefined if all documents
 * agree.
 */
export async function differingKeys(changes: string, { connection }: LakeDatabase): Promise<KeyNames | undefined> {
  const found = await connection.runAndReadAll(`
WITH events AS (
  SELECT CAST(json_extract(documentKey, '$._id') AS VARCHAR) AS id, json_keys(documentKey) AS names, sequence,
    coalesce(json_extract_string(rest, '$.snapshot') = 'true', false) AS isSnapshot,
    operationType = 'delete' AND sequence LIKE '82________0000000000%' AS isRepair,
    arg_max(operationType, sequence) OVER (PARTITION BY documentKey) = 'delete' AS isDeleted
  FROM ${changes}
  WHERE documentKey IS NOT NULL
    AND sequence > (SELECT coalesce(max(sequence), '') FROM ${changes} WHERE ${endsCollection})
),
keys AS MATERIALIZED (
  SELECT id, names, sequence, NOT isSnapshot AND NOT isRepair AS isChanged, isSnapshot AND NOT isDeleted AS isLoaded
  FROM events
),
newest AS (
  SELECT max(sequence) AS sequence,
    arg_max(names, sequence) FILTER (WHERE isLoaded) AS ofLoad,
    arg_max(names, sequence) FILTER (WHERE isChanged) AS ofChanges
  FROM keys GROUP BY id
)
SELECT CAST(to_json({ 'ofLoad': ofLoad, 'ofChanges': ofChanges }) AS VARCHAR)
FROM newest
WHERE ofLoad <> ofChanges AND NOT EXISTS (
  SELECT 1 FROM keys
  WHERE (isLoaded AND names = ofChanges AND len(ofLoad) < len(ofChanges))
    OR (isChanged AND names = ofLoad AND len(ofLoad) > len(ofChanges))
)
ORDER BY sequence DESC LIMIT 1`);
  const [row] = found.getRows();
  return row === undefined ? undefined : JSON.parse(String(row[0]));
}

/** The value of `--shard-key`. The last field is `_id` unless the shard key has it before. */
export function shardKeyOf({ ofChanges }: KeyNames): string {
  const fields = ofChanges.length > 1 && ofChanges.at(-1) === '_id' ? ofChanges.slice(0, -1) : ofChanges;
  return fields.join();
}
