// The rows of a table of changes, made from the lines of the lake by docs/tables.md alone. It shares no code with the
// product.
import { changesIn, membersOf } from './model.ts';

export function changeRowsIn(lake: string, db: string, coll: string) {
  return changesIn(lake, db, coll).map(({ line, operationType, sequence, clusterTime }) => {
    const members = membersOf(line);
    const { ns, wallTime } = JSON.parse(line);
    const textOf = (name: string) => (members.get(name) === 'null' ? null : (members.get(name) ?? null));
    const own = [
      'operationType',
      'sequence',
      'documentKey',
      'data',
      'updateDescription',
      'clusterTime',
      'wallTime',
      'ns',
    ];
    const others = [...members].filter(([name]) => !own.includes(name));
    const rest = others.map(([name, text]) => `${JSON.stringify(name)}:${text}`).join();
    return {
      operationType,
      sequence,
      db: ns?.db ?? null,
      coll: ns?.coll ?? null,
      documentKey: textOf('documentKey'),
      data: textOf('data'),
      updateDescription: textOf('updateDescription'),
      rest: rest === '' ? null : `{${rest}}`,
      clusterTime,
      wallTime: wallTime === undefined ? null : new Date(wallTime.$date).toISOString(),
      date: clusterTime.slice(0, 10),
    };
  });
}
