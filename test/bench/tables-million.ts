// A million events of one second, in batch files. The files are made while they are read, so they need no disk. Prints
// the time for their table. The table must have each event once.
import { compact } from '../../shared/tables/compact.ts';
import { tableState } from '../../shared/tables/delta/table-state.ts';
import { memoryStore } from '../support/memory-store.ts';

const events = Number(process.argv[2]);
const batchSize = 1_000;
const folder = 'lake/shop/orders/year=2026/month=11/day=20/hour=10';
const second = Date.UTC(2026, 10, 20, 10) / 1000;
const never = new AbortController().signal;

const store = memoryStore();
const reader = {
  ...store.reader,
  list: async function* (asked: string) {
    if (asked.endsWith('day=20')) yield Array.from({ length: events / batchSize }, (_, batch) => fileOf(batch));
  },
  read: async (path: string) => Buffer.from(linesOf(Number(/-0*(\d+)\.jsonl$/.exec(path)?.[1] ?? 0))),
};
const places = {
  kind: 'delta',
  lake: { reader, directory: 'lake' },
  tables: { ...store, directory: 'tables' },
} as const;
const range = { fromMs: second * 1000, toMs: (second + 3_600) * 1000 };
const collection = { db: 'shop', coll: 'orders' };

const started = performance.now();
const report = await compact(places, { range, collection, isOver: () => false }, never);
const seconds = (performance.now() - started) / 1000;
const { rows } = await tableState(store.reader, 'tables/shop/orders', never);
const again = await compact(places, { range, collection, isOver: () => false }, never);
if (report.rows !== events || rows !== events || again.rows !== 0)
  throw new Error(`Cannot measure: each of ${events} events must be in the table once: ${rows} rows are`);
console.log(JSON.stringify({ seconds }));

function fileOf(batch: number) {
  const name = `change-${second}-0000000001-${batchSize}-${String(batch).padStart(16, '0')}.jsonl`;
  return { path: `${folder}/${name}`, bytes: linesOf(batch).length, modifiedMs: 0 };
}

function linesOf(batch: number): string {
  const lines = Array.from({ length: batchSize }, (_, index) => lineOf(batch * batchSize + index + 1));
  return lines.join('');
}

function lineOf(increment: number): string {
  const place = increment.toString(16).toUpperCase().padStart(8, '0');
  const time = '"clusterTime":"2026-11-20T10:00:00.000Z"';
  return `{"operationType":"insert","data":{"_id":${increment},"note":"as agreed"},"documentKey":{"_id":${increment}},"ns":{"db":"shop","coll":"orders"},${time},"sequence":"82${second.toString(16).toUpperCase()}${place}2B042C0100296E5A1004"}\n`;
}
