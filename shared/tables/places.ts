// The places of the lake and of its tables.
import type { LakeReader, LakeRemover, LakeReplacer, LakeWriter } from '../lake/lake.ts';

export interface LakePlace {
  readonly reader: LakeReader;
  /** Empty if the lake is the whole store. */
  readonly directory: string;
}

export interface TablesPlace {
  readonly reader: LakeReader;
  readonly writer: LakeWriter;
  readonly replacer: LakeReplacer;
  readonly directory: string;
}

export interface Places {
  readonly lake: LakePlace;
  readonly tables: TablesPlace;
  readonly kind: 'delta' | 'jsonl';
}

/** Only prune and orphans get these: the app itself never removes a file. */
export interface Removers {
  readonly lake: LakeRemover;
  readonly tables: LakeRemover;
}
