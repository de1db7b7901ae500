// `changes`, `latest` and `history` as statements of an engine, and the same three `_fresh` where a table is.
import type { Dialect } from './dialect.ts';
import { type CollectionViews, freshnessOf, type Statement } from './engine.ts';
import { historyQuery, latestQuery } from './view-queries.ts';

export interface ViewsOfEngine {
  readonly dialect: Dialect;
  /** The full name of a view: `kind` is `changes`, `latest` or `history`, with `_fresh` or without. */
  readonly viewName: (kind: string) => string;
  readonly create: (name: string, query: string) => string;
  readonly changes: { readonly fromTable: string; readonly fromFiles: string; readonly fresh: string };
}

export function threeViews(views: CollectionViews, engine: ViewsOfEngine): Statement[] {
  return freshnessOf(views).flatMap((fresh) => {
    const changes = engine.viewName(`changes${fresh}`);
    const query =
      fresh === '' ? (views.hasTable ? engine.changes.fromTable : engine.changes.fromFiles) : engine.changes.fresh;
    const also = fresh === '' ? '' : ', with the events of the last two hours that the table does not have yet';
    return [
      { comment: `Every change event${also}.`, sql: engine.create(changes, query) },
      {
        comment: `The newest state of each document${also}.`,
        sql: engine.create(engine.viewName(`latest${fresh}`), latestQuery(changes, views.columns, engine.dialect)),
      },
      {
        comment: `Every version of each document${also}. As of a moment t: WHERE _valid_from <= t AND (t < _valid_to OR _valid_to IS NULL)`,
        sql: engine.create(engine.viewName(`history${fresh}`), historyQuery(changes, views.columns, engine.dialect)),
      },
    ];
  });
}

/** The members of a line that are columns; the others are `rest`. */
export const lineMembers = [
  'operationType',
  'sequence',
  'ns',
  'documentKey',
  'data',
  'updateDescription',
  'clusterTime',
  'wallTime',
] as const;
