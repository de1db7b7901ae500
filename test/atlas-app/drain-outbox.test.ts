import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { invoke } from '../../local/atlas/atlas-runtime.ts';
import { receiverKey } from '../support/atlas.ts';
import { heat, tokenOf } from '../support/change-events.ts';
import { secret } from '../support/deliveries.ts';
import { eventsFrom, keepEntries, refusedIn, waitingIn } from '../support/outbox-entries.ts';
import { problemOf, receiptOf } from '../support/scripted-receiver.ts';
import { timelessAtlas } from '../support/timeless-atlas.ts';

describe('drainOutbox(): the log line', () => {
  it('has the number of waiting events, the age of the oldest and the number of refused ones', async () => {
    const atlas = timelessAtlas();
    await keepEntries(atlas, eventsFrom(1, 2));
    atlas.clock.skip(30_000);
    await keepEntries(atlas, eventsFrom(3, 2));
    atlas.clock.skip(20_000);
    await keepEntries(atlas, eventsFrom(5, 2));
    atlas.clock.skip(10_000);
    atlas.receiver.act(receiptOf(['refused', 'stored', 'failed', 'stored', 'failed', 'refused']));

    const { logs, result } = await atlas.drain();

    const [line = '', ...others] = logs;
    assert.deepEqual(others, []);
    assert.deepEqual(JSON.parse(line), {
      function: 'drainOutbox',
      ...{ delivered: 2, newlyRefused: 2, failed: 2, posts: 1, reason: '' },
      ...{ waiting: 2, oldestSeconds: 30, refused: 2, durationMs: 0 },
    });
    assert.deepEqual(JSON.parse(JSON.stringify(result)), JSON.parse(line));
  });

  it('says that nothing waits', async () => {
    const { result } = await timelessAtlas().drain();

    assert.partialDeepStrictEqual(result, { waiting: 0, oldestSeconds: 0, refused: 0, posts: 0, reason: '' });
  });

  const answers = {
    'a long problem type': problemOf(503, 'b'.repeat(10_000)),
    'a problem that repeats the document': problemOf(503, 'busy', { title: JSON.stringify(heat), detail: tokenOf(1) }),
    'a problem whose type repeats the token': problemOf(503, `x:${tokenOf(1)}`),
    'an error page that repeats everything': { status: 500, body: `${JSON.stringify(heat)} ${receiverKey} ${secret}` },
    'a reason that repeats the document': receiptOf(['refused', 'refused'], JSON.stringify(heat)),
  };
  for (const [name, answer] of Object.entries(answers)) {
    it(`stays below 512 bytes, without content, key, secret or token: ${name}`, async () => {
      const atlas = timelessAtlas();
      await keepEntries(atlas, eventsFrom(1, 2));
      atlas.receiver.act(answer);

      const { logs } = await atlas.drain();

      assert.equal(logs.length, 1);
      assert(Buffer.byteLength(logs.join()) < 512);
      for (const word of [heat.title, tokenOf(1).slice(0, 20), receiverKey, secret.slice(6)])
        assert(!logs.join().includes(word), word);
    });
  }
});

describe('drainOutbox(): set up wrongly', () => {
  const wrong: Record<string, Readonly<Record<string, unknown>>> = {
    'no address': { lakeReceiverUrl: undefined },
    'an empty address': { lakeReceiverUrl: ' ' },
    'an address that is none': { lakeReceiverUrl: 'app.azurewebsites.net' },
    'an address that is no text': { lakeReceiverUrl: 5 },
    'a secret that is none': { lakeSigningSecret: 'password' },
    'a secret with a line break': { lakeSigningSecret: 'whsec_AAAA\nBBBB' },
  };
  for (const [name, values] of Object.entries(wrong)) {
    it(`keeps everything and names the value: ${name}`, async () => {
      const atlas = timelessAtlas(values);
      await keepEntries(atlas, eventsFrom(1, 2));
      const kept = atlas.outbox();

      const { logs, result } = await atlas.drain();

      const [value = ''] = Object.keys(values);
      assert.match(logs.join(), new RegExp(`"reason":"the value ${value} must be`));
      assert.partialDeepStrictEqual(result, { waiting: 2, posts: 0 });
      assert.deepEqual(atlas.outbox(), kept);
      assert(!logs.join().includes('password'));
    });
  }

  it('names the data source if it has another name', async () => {
    const atlas = timelessAtlas();
    await keepEntries(atlas, eventsFrom(1, 2));

    await assert.rejects(async () => await invoke({ ...atlas.app, dataSource: 'Cluster0' }, 'drainOutbox'), {
      message: /^Cannot drain the outbox: its database must answer: .*lakeDataSource/,
    });
    assert.deepEqual(waitingIn(atlas), [1, 2]);
  });

  it('finds a data source of another name', async () => {
    const atlas = timelessAtlas({ lakeDataSource: ' Cluster0 ' });
    await keepEntries(atlas, eventsFrom(1, 2));

    await invoke({ ...atlas.app, dataSource: 'Cluster0' }, 'drainOutbox');

    assert.deepEqual(atlas.outbox(), []);
  });

  it('sends the events again that another app under the same address refused', async () => {
    const atlas = timelessAtlas();
    await keepEntries(atlas, eventsFrom(1, 2));
    atlas.receiver.act({ status: 200, body: '{"refused":2}' });

    await atlas.drain();

    assert.deepEqual({ waiting: waitingIn(atlas), refused: refusedIn(atlas) }, { waiting: [1, 2], refused: [] });
  });
});
