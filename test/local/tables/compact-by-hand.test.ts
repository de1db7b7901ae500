// Own process: starts one, and ends it by a signal.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { command } from '../../../local/commands/tables.ts';
import { compactByHand } from '../../../local/tables/compact-by-hand.ts';
import { blobStorage } from '../../bench/blob-storage.ts';
import { performed } from '../../support/commands.ts';
import { eventFile, insertEvent } from '../../support/lake-events.ts';
import { never } from '../../support/never.ts';
import { started } from '../../support/spawned.ts';
import { allHours, placesOver, rowsOf, storeWith } from '../../support/tables.ts';

const everything = { range: allHours, collection: undefined };

describe('npm run tables -- compact', () => {
  it('shows its progress by files of the day, and removes the bar before it prints', async () => {
    const store = storeWith([1, 2, 3].map((second) => eventFile(insertEvent({ second }))));
    const shown: string[] = [];

    const code = await compactByHand(placesOver(store), everything, false, {
      write: (line) => shown.push(line),
      progress: {
        update: (done, total, text) => shown.push(`${done} of ${total}: ${text}`),
        end: () => shown.push('end'),
      },
      signal: never,
    });

    assert.equal(code, 0);
    assert.match(shown[0] ?? '', /^1 of 3: shop\/orders 2026-11-20: 1 files read, 1 KB, 0 rows committed$/);
    assert.match(shown[2] ?? '', /^3 of 3: /);
    assert.equal(shown[3], 'end');
    assert.match(shown[4] ?? '', /^3 rows from 3 files /);
  });

  it('commits its rows when it is stopped, ends with 1, and continues with the same command', async () => {
    const store = storeWith([1, 2, 3, 4, 5].map((second) => eventFile(insertEvent({ second }))));
    const stop = new AbortController();
    const said: string[] = [];
    const output = {
      write: (line: string) => said.push(line),
      // Ctrl-C after two files.
      progress: { update: (done: number) => done === 2 && stop.abort(), end: () => undefined },
    };

    const stopped = await compactByHand(placesOver(store), everything, false, { ...output, signal: stop.signal });
    const between = await rowsOf(store);
    const again = await compactByHand(placesOver(store), everything, false, {
      ...output,
      signal: never,
    });

    assert.deepEqual([stopped, between.length, again, (await rowsOf(store)).length], [1, 2, 0, 5]);
    assert(said.includes('Not all is in the tables: run the same command again to continue.'));
  });

  it('loses nothing by Ctrl-C: the interrupted run ends with 1, and the next run with 0', async (t) => {
    const storage = await blobStorage(50);
    t.after(storage.close);
    for (let second = 0; second < 300; second++) {
      const { path, content } = eventFile(insertEvent({ second }));
      storage.blobs.set(path, content);
    }

    const child = started('tables', storage.environment, 'compact');
    while (storage.requests() < 60) await new Promise((resolve) => setTimeout(resolve, 5));
    child.kill('SIGINT');
    const [code] = await once(child, 'exit');
    const { code: secondCode, printed } = await performed(command, storage.environment, 'compact', '--json');
    const shown = await performed(command, storage.environment, '--json');

    const { rows } = JSON.parse(printed);
    assert.deepEqual([code, secondCode], [1, 0]);
    assert(rows > 0 && rows < 300, `${rows}`);
    assert.equal(JSON.parse(shown.printed).tables[0].rows, 300);
  });
});
