import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { storeInLake } from '../../../local/load/file-store.ts';
import { untilWritesEnd } from '../../../local/load/until-writes-end.ts';
import type { LakeWriter } from '../../../shared/lake/lake.ts';
import { failing } from '../../support/lakes.ts';
import { memoryLake } from '../../support/memory-lake.ts';
import { never } from '../../support/never.ts';

const file = { path: 'shop/a.jsonl', content: Buffer.from('{}\n'), contentType: 'application/x-ndjson' };

describe('untilWritesEnd()', () => {
  it('returns the result of the work', async () => {
    const lake = memoryLake();

    const stored = await untilWritesEnd((watched) => storeInLake(watched(lake))(file, never));

    assert.equal(stored.result, 'created');
    assert.equal(lake.files.size, 1);
  });

  it('waits until a write that was stopped has ended, and throws the reason', async () => {
    const stop = new AbortController();
    const { lake, end, isEnded } = slowLake(() => stop.abort(new Error('stopped')));

    const working = untilWritesEnd((watched) => storeInLake(watched(lake))(file, stop.signal)).catch((error) => {
      assert.equal(error.message, 'stopped');
      return isEnded();
    });
    setImmediate(end);

    assert.equal(await working, true);
  });

  it('waits for the other writes after one has failed', async () => {
    const { lake, end, isEnded } = slowLake(() => undefined);
    const partly = failing(lake, (path) => (path === 'shop/b.jsonl' ? new Error('no answer') : undefined));

    const working = untilWritesEnd(async (watched) => {
      const store = storeInLake(watched(partly), []);
      await Promise.all([store(file, never), store({ ...file, path: 'shop/b.jsonl' }, never)]);
    }).catch(isEnded);
    setImmediate(end);

    assert.equal(await working, true);
  });

  it('gives up a write that never ends', async () => {
    const stop = new AbortController();
    const { lake } = slowLake(() => stop.abort(new Error('stopped')));

    const working = untilWritesEnd((watched) => storeInLake(watched(lake))(file, stop.signal), 0);

    await assert.rejects(working, /stopped/);
  });
});

/** Ignores its signal, as a write does that removes its file. Calls `onBegin` at each write. */
function slowLake(onBegin: () => void) {
  const ending = Promise.withResolvers<void>();
  let ended = false;
  const lake: LakeWriter = {
    ...memoryLake(),
    create: async () => {
      onBegin();
      await ending.promise;
      ended = true;
      return 'created';
    },
  };
  return { lake, end: ending.resolve, isEnded: () => ended };
}
