// The saving way from end to end: events kept by bufferChangeEvent, drained in arrays, stored as batch files.
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { type Atlas, atlasWith } from '../support/atlas.ts';
import { changeEvents, type EventFields, tokenOf, withField } from '../support/change-events.ts';
import { secret } from '../support/deliveries.ts';
import { filesIn, temporaryFolder } from '../support/lakes.ts';
import { startReceiver } from '../support/running-receiver.ts';
import { unreliableProxy } from '../support/unreliable-proxy.ts';

/** Nothing here waits for a time limit, so the test can be slow on a busy machine. */
const unhurried = 1;

describe('bufferChangeEvent to a receiver with LAKE_FILES=batch', () => {
  it('has a hundred events in one file, after one request', async (t) => {
    const { url, folder } = await receiverIn(t);
    const atlas = atlasWith(`${url}/api/change-events`, {}, unhurried);
    await bufferAll(atlas, numbered(0, 100));

    const { result } = await atlas.drain();

    const [[path, content] = ['', '']] = await filesIn(folder);
    assert.partialDeepStrictEqual(result, { delivered: 100, posts: 1, waiting: 0 });
    assert.match(path, /\/hour=10\/change-1795169730-0000000001-100-[0-9a-f]{16}\.jsonl$/);
    assert.deepEqual(sequencesIn(content), tokens(0, 100));
    assert.equal((await filesIn(folder)).size, 1);
  });

  it('misses no event when answers are lost and the next batch is cut in another way', async (t) => {
    const { url, folder } = await receiverIn(t);
    const proxy = await unreliableProxy(t, url);
    const atlas = atlasWith(proxy.url, {}, unhurried);
    await bufferAll(atlas, numbered(0, 20));
    proxy.behave('drop after');
    await atlas.drain();
    proxy.behave('pass');
    await bufferAll(atlas, numbered(20, 30));
    atlas.clock.skip(60_000);

    await atlas.drain();

    const files = [...(await filesIn(folder)).values()].map(sequencesIn);
    assert.deepEqual(atlas.outbox(), []);
    assert.deepEqual(
      files.map(({ length }) => length).sort((one, other) => one - other),
      [20, 30],
    );
    assert.deepEqual([...new Set(files.flat())].sort(), tokens(0, 30));
  });
});

async function receiverIn(t: TestContext) {
  const folder = await temporaryFolder(t);
  const environment = { LAKE_URL: `file:${folder}`, LAKE_FILES: 'batch', SIGNING_SECRETS: secret };
  const { url } = await startReceiver(t, environment);
  return { url, folder };
}

async function bufferAll(atlas: Atlas, events: readonly EventFields[]): Promise<void> {
  for (const event of events) await atlas.buffer(event);
}

function numbered(from: number, to: number): EventFields[] {
  return tokens(from, to).map((token) => withField(changeEvents.insert, '_id', { _data: token }));
}

function tokens(from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, at) => tokenOf(from + at));
}

function sequencesIn(content: string): string[] {
  return content
    .trimEnd()
    .split('\n')
    .map((line) => String(JSON.parse(line).sequence));
}
