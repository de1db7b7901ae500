// An engine turns a collection into statements, in order.
import type { Column } from './column-type.ts';
import type { ViewPlace } from './view-places.ts';

export const engines = ['duckdb', 'synapse', 'synapse-dedicated', 'fabric', 'spark', 'snowflake', 'redshift'] as const;

export type EngineName = (typeof engines)[number];

export interface CollectionViews {
  readonly database: string;
  readonly collection: string;
  /** `<database>/<collection>`, as the folders of lake and tables are named. */
  readonly folder: string;
  readonly lake: ViewPlace;
  /** Undefined if no place of tables is known. */
  readonly tables: ViewPlace | undefined;
  /** Views read the table if it exists, else the files. */
  readonly hasTable: boolean;
  /** The layout is flat: the files of all collections are in one folder. */
  readonly isFlat: boolean;
  /** The names in the engine's spelling. */
  readonly columns: readonly Column[];
}

export interface Statement {
  /** The purpose of the statement. */
  readonly comment: string;
  readonly sql: string;
}

export interface Engine {
  readonly statements: (views: CollectionViews) => readonly Statement[];
  /** How to run the output, one line each. */
  readonly howToRun: (views: CollectionViews) => readonly string[];
  /** Behind each statement. */
  readonly separator: string;
}

/** With a table there are `_fresh` views too. They add the files of the last hours. */
export function freshnessOf({ hasTable }: CollectionViews): readonly ('' | '_fresh')[] {
  return hasTable ? ['', '_fresh'] : [''];
}
