// The progress of npm run query, Ctrl-C there and in npm run views, and a reader of the output that goes away.
import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { describe, it, type TestContext } from 'node:test';
import { endAtClosedPipe } from '../../../local/closed-pipe.ts';
import { type Command, perform } from '../../../local/command.ts';
import { command as query } from '../../../local/commands/query.ts';
import { command as views } from '../../../local/commands/views.ts';
import { answerQuery } from '../../../local/query/answer-query.ts';
import { openLakeDatabase } from '../../../local/query/lake-database.ts';
import { runQuery } from '../../../local/query/run-query.ts';
import { storeOneOrder } from '../../support/lake-story.ts';
import { temporaryLake } from '../../support/lakes.ts';

const endless = 'select count(*) from range(100000000000)';
const silent = { update: () => undefined, end: () => undefined };

describe('Ctrl-C', () => {
  for (const form of ['--json', '--csv'])
    it(`ends a query with code 130, while it prints ${form}`, async (t) => {
      const { code, notes, lines } = await stoppedAt(t, 3, query, 'select * from range(1000000000)', form);

      assert.deepEqual([code, notes], [130, ['Stopped']]);
      assert.notEqual(lines.at(-1), ']');
    });

  it('ends a query with code 130 before its first row, without a message of DuckDB', async (t) => {
    const { code, notes, lines } = await stoppedAt(t, 0, query, endless);

    assert.deepEqual([code, notes, lines], [130, ['Stopped'], []]);
  });

  it('ends a query although DuckDB forgot the first interruption', async (t) => {
    const database = await openLakeDatabase();
    t.after(database.close);
    const { connection } = database;
    const stop = new AbortController();
    const interruptions: string[] = [];
    const forgetful = Object.create(connection, {
      interrupt: {
        value: () => {
          if (interruptions.push('interrupted') > 1) connection.interrupt();
        },
      },
    });
    const terminal = { write: assert.fail, note: assert.fail, width: undefined, progress: silent, signal: stop.signal };

    const running = answerQuery(endless, 'table', { ...database, connection: forgetful }, [], terminal);
    stop.abort();

    await assert.rejects(running, /INTERRUPT/);
  });

  it('ends npm run views with code 130, and writes no views', async (t) => {
    const { code, notes, lines } = await stoppedAt(t, 0, views, '--engine', 'spark', '--collection', 'shop.orders');

    assert.deepEqual([code, notes, lines], [130, ['Stopped'], []]);
  });
});

describe('the progress of npm run query', () => {
  it('says that a long query runs, before its first row', async (t) => {
    const { folder } = await temporaryLake(t);
    const stop = new AbortController();
    const told: unknown[] = [];
    const progress = {
      ...silent,
      update: (...update: unknown[]) => {
        told.push(update);
        stop.abort();
      },
    };
    const options = { form: 'table', sample: 10, levels: 1, maxCopiedBytes: 0, columnsFiles: [] } as const;
    const terminal = { write: assert.fail, note: assert.fail, width: undefined, progress, signal: stop.signal };

    const running = runQuery(
      { ...options, hours: { from: undefined, to: undefined }, sql: endless },
      { LAKE_URL: `file:${folder}` },
      terminal,
    );

    await assert.rejects(running, /INTERRUPT/);
    assert.deepEqual(told[0], [0, 0, 'Running the query']);
  });
});

describe('endAtClosedPipe()', () => {
  it('ends with code 141 when nobody reads the output, and throws every other fault', () => {
    const codes: number[] = [];
    const output = new EventEmitter();
    endAtClosedPipe(output, (code) => codes.push(code));

    output.emit('error', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));

    assert.deepEqual(codes, [141]);
    assert.throws(() => output.emit('error', Object.assign(new Error('no space'), { code: 'ENOSPC' })), /no space/);
  });
});

/** Presses Ctrl-C after a number of lines; 0: at once. */
async function stoppedAt(t: TestContext, count: number, command: Command, ...args: string[]) {
  const lake = await temporaryLake(t);
  await storeOneOrder(lake);
  const stop = Promise.withResolvers<void>();
  if (count === 0) stop.resolve();
  const lines: string[] = [];
  const notes: string[] = [];
  const code = await perform(command, args, {
    environment: { LAKE_URL: `file:${lake.folder}` },
    write: (line) => {
      if (lines.push(line) === count) stop.resolve();
    },
    note: (line) => notes.push(line),
    stopped: () => stop.promise,
  });
  return { code, notes, lines };
}
