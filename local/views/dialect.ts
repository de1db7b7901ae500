// A dialect gives the spelling of names, types, keys and values. One description then gives the same three views in
// each engine.
import { yearTenThousandMs } from '../../shared/extended-json/dates.ts';
import type { NameRules } from './column-names.ts';
import type { Column } from './column-type.ts';

export interface Dialect {
  readonly names: NameRules;
  readonly quoted: (name: string) => string;
  /** The name as people write it for a column of ours, such as `_key`. */
  readonly own: (name: string) => string;
  readonly textType: string;
  readonly timestampType: string;
  /** One text for a document key, however its JSON is spelled; from a column of that name. */
  readonly key: (column: string) => string;
  readonly isTrue: (condition: string) => string;
  /**
   * The columns of the documents: what is selected, and the rows that it is selected from.
   * The text of the document is the column `data` of the rows.
   */
  readonly fields: (columns: readonly Column[]) => TypedFields;
}

export interface TypedFields {
  /** `<expression> AS <name>`, one for each column. */
  readonly select: readonly string[];
  /** The rows with what the expressions need. The name of the rows stays. */
  readonly from: (rows: string) => string;
}

/** SQL for milliseconds since 1970, in the years 1 to 9999. Most engines have no other timestamps. */
export const inFourDigitYears = `BETWEEN -62135596800000 AND ${yearTenThousandMs - 1n}`;
