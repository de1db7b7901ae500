import '../../../support/loopback-names.ts';
import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { describe, it } from 'node:test';
import { azureWriter } from '../../../../shared/lake/azure/azure-writer.ts';
import { type DfsServer, fileSystem, startDfsServer } from '../../../support/dfs-server.ts';
import { never } from '../../../support/never.ts';

const path = 'db/hour=10/file.json';
const content = Buffer.from('{"title":"Größe"}\n'.repeat(1000));
const other = Buffer.from('{"title":"another"}\n'.repeat(1500));
interface Cleanup {
  readonly after: (stop: () => Promise<void>) => void;
}

/** Each test has its own server. Its writers use Azure's names for the two endpoints. */
async function open(t: Cleanup) {
  const server = await startDfsServer();
  t.after(server.stop);
  const { port } = new URL(server.origin);
  const at = (endpoint: string) => `http://account.${endpoint}.core.windows.net:${port}/${fileSystem}`;
  const location = { kind: 'azure' as const, account: 'account', container: fileSystem, directory: '' };
  const openWriter = () =>
    azureWriter({ ...location, blobUrl: at('blob'), dfsUrl: at('dfs') }, { kind: 'shared-key', key: 'a2V5' }, 'dfs');
  return { server, lake: await openWriter(), openWriter };
}

/** `create`, `append`, `flush`, `look` (at an existing file) and `list`. */
function stepOf({ method, url = '' }: IncomingMessage): string {
  const step = new URL(url, 'http://host').searchParams.get('action');
  return step ?? { PUT: 'create', HEAD: 'look', GET: 'list' }[method ?? ''] ?? `${method}`;
}

const stepsOf = ({ requests }: DfsServer): string[] => requests.map(stepOf);
const at = (step: string) => (request: IncomingMessage) => stepOf(request) === step;

function assertComplete(server: DfsServer, expected: Buffer): void {
  const file = server.find(path);
  assert.deepEqual(file?.committed, expected);
  assert.equal(file.commits, 1);
  assert.equal(file.isClosed, true);
  assert.deepEqual(server.names(), [path]);
  assert.deepEqual(server.misdirected, []);
}

describe('createByDfs()', { concurrency: true }, () => {
  it('stores a file in three requests, and the last one closes it', async (t) => {
    const { server, lake } = await open(t);

    const result = await lake.create(path, content, 'application/json', never);

    assert.equal(result, 'created');
    assert.deepEqual(stepsOf(server), ['create', 'append', 'flush']);
    assert.equal(server.requests[0]?.headers['if-none-match'], '*');
    assert.equal(server.find(path)?.contentType, 'application/json');
    assertComplete(server, content);
    assert.equal(server.find(path)?.lease, undefined);
  });

  it('finds a file that exists in two requests', async (t) => {
    const { server, lake, openWriter } = await open(t);
    await (await openWriter()).create(path, content, 'application/json', never);

    const result = await lake.create(path, other, 'application/json', never);

    assert.equal(result, 'exists');
    assert.deepEqual(stepsOf(server).slice(3), ['create', 'look']);
    assertComplete(server, content);
  });

  it('never calls the Blob endpoint', async (t) => {
    const { server, lake } = await open(t);
    server.leaveEmptyFile(path);

    await lake.check(never);
    await lake.create(path, content, 'application/json', never);
    await lake.create(path, content, 'application/json', never);

    assert.deepEqual(server.misdirected, []);
    assert.deepEqual([...new Set(stepsOf(server))].toSorted(), ['append', 'create', 'flush', 'list', 'look']);
  });

  it('completes an empty file that a dead writer left', async (t) => {
    const { server, lake } = await open(t);
    server.leaveEmptyFile(path);

    const result = await lake.create(path, content, 'application/json', never);

    assert.equal(result, 'created');
    assertComplete(server, content);
  });

  it('does not change a file that another writer holds, and does not report that it exists', async (t) => {
    const { server, lake } = await open(t);
    server.leaveEmptyFile(path, 60);
    const held = server.find(path);

    const creating = lake.create(path, content, 'application/json', never);

    await assert.rejects(creating, { statusCode: 412 });
    assert.equal(server.find(path), held);
    assert.deepEqual(stepsOf(server).includes('append'), false);
  });

  it('completes the file once the lease of the dead writer is over', async (t) => {
    const { server, lake } = await open(t);
    server.leaveEmptyFile(path, 15);
    await assert.rejects(lake.create(path, content, 'application/json', never));
    server.passTime(15_000);

    const result = await lake.create(path, content, 'application/json', never);

    assert.equal(result, 'created');
    assertComplete(server, content);
  });

  it('waits for a writer that is about to finish', async (t) => {
    const { server, lake, openWriter } = await open(t);
    const { promise: looked, resolve: finish } = Promise.withResolvers<void>();
    const { begun: appending } = server.order({ kind: 'hold', until: looked }, at('append'));
    const first = (await openWriter()).create(path, content, 'application/json', never);
    await appending;
    const { begun: looking } = server.order({ kind: 'hold', until: Promise.resolve() }, at('look'));

    const second = lake.create(path, other, 'application/json', never);
    await looking;
    finish();

    assert.deepEqual(await Promise.all([first, second]), ['created', 'exists']);
    assertComplete(server, content);
  });

  it('lets one of two that complete the same file win, and never mixes them', async (t) => {
    const { server, lake, openWriter } = await open(t);
    server.leaveEmptyFile(path);
    const rival = await openWriter();

    const results = await Promise.all([
      lake.create(path, content, 'application/json', never),
      rival.create(path, other, 'application/json', never),
    ]);

    assert.deepEqual(results.toSorted(), ['created', 'exists']);
    assertComplete(server, results[0] === 'created' ? content : other);
  });

  it('refuses a writer if its lease ended before the append', async (t) => {
    const { server, lake, openWriter } = await open(t);
    const { promise: overtaken, resolve: goOn } = Promise.withResolvers<void>();
    const { begun: appending } = server.order({ kind: 'hold', until: overtaken }, at('append'));
    const slow = (await openWriter()).create(path, other, 'application/json', never);
    await appending;
    server.passTime(15_000);

    const result = await lake.create(path, content, 'application/json', never);
    goOn();

    assert.equal(result, 'created');
    await assert.rejects(slow, { statusCode: 412 });
    assertComplete(server, content);
  });

  it('refuses a writer if its lease ended before the flush', async (t) => {
    const { server, lake, openWriter } = await open(t);
    const { promise: overtaken, resolve: goOn } = Promise.withResolvers<void>();
    const { begun: flushing } = server.order({ kind: 'hold', until: overtaken }, at('flush'));
    const slow = (await openWriter()).create(path, other, 'application/json', never);
    await flushing;
    server.passTime(15_000);
    const { begun: appended } = server.order({ kind: 'hold', until: slow.then(ignore, ignore) }, at('flush'));

    const result = lake.create(path, content, 'application/json', never);
    await appended;
    goOn();

    await assert.rejects(slow, { statusCode: 412 });
    assert.equal(await result, 'created');
    assertComplete(server, content);
  });

  for (const step of ['create', 'append', 'flush']) {
    for (const kind of ['reset-before', 'reset-after'] as const) {
      it(`stores the whole file although the connection breaks ${kind.slice(6)} its ${step}`, async (t) => {
        const { server, lake } = await open(t);
        server.order({ kind }, at(step));

        const result = await lake.create(path, content, 'application/json', never);

        assert.equal(result, step === 'flush' && kind === 'reset-after' ? 'exists' : 'created');
        assertComplete(server, content);
      });
    }

    it(`stores the whole file although the service is busy at its ${step}`, async (t) => {
      const { server, lake } = await open(t);
      server.order({ kind: 'answer', status: 503, code: 'ServerBusy' }, at(step));

      const result = await lake.create(path, content, 'application/json', never);

      assert.equal(result, 'created');
      assertComplete(server, content);
    });

    it(`lets a redelivery complete a write that was aborted at its ${step}`, async (t) => {
      const { server, lake, openWriter } = await open(t);
      const controller = new AbortController();
      const { begun } = server.order({ kind: 'hold', until: new Promise(() => undefined) }, at(step));
      const dying = lake.create(path, other, 'application/json', controller.signal);
      await begun;
      controller.abort();
      await assert.rejects(dying, { name: 'AbortError' });
      server.passTime(15_000);

      const result = await (await openWriter()).create(path, content, 'application/json', never);

      assert.equal(result, 'created');
      assertComplete(server, content);
    });
  }

  it('stores a file when the connection breaks while it completes an empty one', async (t) => {
    const { server, lake } = await open(t);
    server.leaveEmptyFile(path);
    server.order({ kind: 'reset-after' }, (request) => request.headers['if-match'] !== undefined);

    const result = await lake.create(path, content, 'application/json', never);

    assert.equal(result, 'created');
    assertComplete(server, content);
  });

  it('gives up after three tries', async (t) => {
    const { server, lake } = await open(t);
    for (let times = 0; times < 4; times++)
      server.order({ kind: 'answer', status: 500, code: 'InternalError' }, at('append'));

    const creating = lake.create(path, content, 'application/json', never);

    await assert.rejects(creating, { statusCode: 500 });
    assert.equal(stepsOf(server).filter((step) => step === 'append').length, 3);
  });

  it('throws at any conflict but an existing file', async (t) => {
    const { server, lake } = await open(t);
    server.order({ kind: 'answer', status: 409, code: 'FilesystemBeingDeleted' }, at('create'));

    const creating = lake.create(path, content, 'application/json', never);

    await assert.rejects(creating, { statusCode: 409, code: 'FilesystemBeingDeleted' });
    assert.deepEqual(stepsOf(server), ['create']);
  });
});

function ignore(): void {}
