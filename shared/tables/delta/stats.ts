// The statistics of a data file in its log entry.
import { isRecord } from '../../json/record.ts';
import type { AddFile } from './actions.ts';

export interface FileStats {
  readonly rows: number;
  readonly minSequence: string | undefined;
  readonly maxSequence: string | undefined;
  readonly oldestMs: number | undefined;
  readonly newestMs: number | undefined;
}

/** Undefined if the writer gave no statistics. */
export function statsOf({ stats }: AddFile): FileStats | undefined {
  const read: unknown = stats === undefined ? undefined : JSON.parse(stats);
  if (!isRecord(read) || typeof read['numRecords'] !== 'number') return undefined;
  const { minValues, maxValues } = read;
  return {
    rows: read['numRecords'],
    minSequence: textIn(minValues, 'sequence'),
    maxSequence: textIn(maxValues, 'sequence'),
    oldestMs: msIn(minValues, 'clusterTime'),
    newestMs: msIn(maxValues, 'clusterTime'),
  };
}

function textIn(values: unknown, name: string): string | undefined {
  const value = isRecord(values) ? values[name] : undefined;
  return typeof value === 'string' ? value : undefined;
}

function msIn(values: unknown, name: string): number | undefined {
  const ms = Date.parse(textIn(values, name) ?? '');
  return Number.isNaN(ms) ? undefined : ms;
}
