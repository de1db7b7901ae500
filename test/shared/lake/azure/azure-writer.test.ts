import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { AzureAccess } from '../../../../shared/lake/azure/azure-pipeline.ts';
import { azureWriter } from '../../../../shared/lake/azure/azure-writer.ts';
import { type Azurite, emulatorKey, locationAt, startAzurite } from '../../../support/azurite.ts';
import { fileSystem, startDfsServer } from '../../../support/dfs-server.ts';
import { never } from '../../../support/never.ts';
import { forwardTo, type StorageFront, startFront } from '../../../support/storage-faults.ts';
import { describeWriter } from '../../../support/writer-contract.ts';

const access: AzureAccess = { kind: 'shared-key', key: emulatorKey };
describeWriter('azureWriter() through the Blob endpoint', async () => {
  const azurite = await startAzurite();
  return {
    lake: await azureWriter(locationAt(azurite.origin, azurite.container), access, 'blob'),
    missing: await azureWriter(locationAt(azurite.origin, 'missing'), access, 'blob'),
    read: azurite.read,
    names: azurite.names,
    close: azurite.stop,
  };
});

describeWriter('azureWriter() through the Data Lake endpoint', async () => {
  const server = await startDfsServer();
  return {
    lake: await azureWriter(locationAt(server.origin, fileSystem), access, 'dfs'),
    missing: await azureWriter(locationAt(server.origin, 'missing'), access, 'dfs'),
    read: async (path) => server.find(path)?.committed,
    names: async () => server.names(),
    close: server.stop,
  };
});

describe('azureWriter() through the Blob endpoint', () => {
  let azurite: Azurite;
  let front: StorageFront;
  before(async () => {
    azurite = await startAzurite();
  });
  after(() => azurite.stop());

  /** Each test counts its own requests. */
  async function openLake() {
    front = await startFront(forwardTo(azurite.origin));
    return { lake: await azureWriter(locationAt(front.origin, azurite.container), access, 'blob'), front };
  }

  async function open(t: { after: (stop: () => Promise<void>) => void }) {
    const opened = await openLake();
    t.after(opened.front.stop);
    return opened;
  }

  it('stores a file in one conditional request, with its content type', async (t) => {
    const { lake, front } = await open(t);

    await lake.create('one/new.json', Buffer.from('{}\n'), 'application/x-ndjson', never);

    const [request, ...others] = front.requests;
    assert.deepEqual(others, []);
    assert.equal(request?.method, 'PUT');
    assert.equal(request?.headers['x-ms-blob-type'], 'BlockBlob');
    assert.equal(request?.headers['if-none-match'], '*');
    assert.equal(request?.headers['x-ms-blob-content-type'], 'application/x-ndjson');
    assert.equal((await azurite.read('one/new.json'))?.toString(), '{}\n');
  });

  it('finds a file that exists in one request', async (t) => {
    const { lake, front } = await open(t);
    await azurite.overwrite('one/old.json', Buffer.from('old'));

    const result = await lake.create('one/old.json', Buffer.from('new'), 'application/json', never);

    assert.equal(result, 'exists');
    assert.equal(front.requests.length, 1);
  });

  it('keeps one connection for files that follow each other', async (t) => {
    const { lake, front } = await open(t);

    for (const name of ['1', '2', '3', '4', '5'])
      await lake.create(`kept/${name}.json`, Buffer.from(name), 'application/json', never);

    assert.equal(front.requests.length, 5);
    assert.equal(front.connections(), 1);
  });

  for (const [status, code] of [
    [408, 'RequestTimeout'],
    [429, 'TooManyRequests'],
    [500, 'InternalError'],
    [503, 'ServerBusy'],
  ] as const) {
    it(`tries again after ${status}`, async (t) => {
      const { lake, front } = await open(t);
      front.order({ kind: 'answer', status, code });

      const result = await lake.create(`retried/${status}.json`, Buffer.from('again'), 'application/json', never);

      assert.equal(result, 'created');
      assert.equal(front.requests.length, 2);
    });
  }

  it('gives up after three tries', async (t) => {
    const { lake, front } = await open(t);
    for (let times = 0; times < 4; times++) front.order({ kind: 'answer', status: 503, code: 'ServerBusy' });

    const creating = lake.create('retried/never.json', Buffer.from('never'), 'application/json', never);

    await assert.rejects(creating, { statusCode: 503 });
    assert.equal(front.requests.length, 3);
  });

  for (const [status, code] of [
    [400, 'InvalidUri'],
    [403, 'AuthorizationPermissionMismatch'],
    [404, 'ContainerNotFound'],
    [409, 'BlobImmutableDueToPolicy'],
    [409, 'ContainerBeingDeleted'],
    [412, 'LeaseIdMissing'],
  ] as const) {
    it(`throws at ${status} ${code}, and does not try again`, async (t) => {
      const { lake, front } = await open(t);
      front.order({ kind: 'answer', status, code });

      const creating = lake.create(`refused/${code}.json`, Buffer.from('refused'), 'application/json', never);

      await assert.rejects(creating, { statusCode: status, code });
      assert.equal(front.requests.length, 1);
      assert.equal(await azurite.read(`refused/${code}.json`), undefined);
    });
  }

  it('stores a file although the connection breaks before it is written', async (t) => {
    const { lake, front } = await open(t);
    front.order({ kind: 'reset-before' });

    const result = await lake.create('reset/before.json', Buffer.from('whole'), 'application/json', never);

    assert.equal(result, 'created');
    assert.equal((await azurite.read('reset/before.json'))?.toString(), 'whole');
  });

  it('finds its own file if the connection broke after the write', async (t) => {
    const { lake, front } = await open(t);
    front.order({ kind: 'reset-after' });

    const result = await lake.create('reset/after.json', Buffer.from('whole'), 'application/json', never);

    assert.equal(result, 'exists');
    assert.equal(front.requests.length, 2);
    assert.equal((await azurite.read('reset/after.json'))?.toString(), 'whole');
  });

  it('ends with its signal if storage never answers', async (t) => {
    const { lake, front } = await open(t);
    const controller = new AbortController();
    const { begun } = front.order({ kind: 'hold', until: new Promise(() => undefined) });

    const creating = lake.create('hung/file.json', Buffer.from('hung'), 'application/json', controller.signal);
    await begun;
    controller.abort();

    await assert.rejects(creating, { name: 'AbortError' });
    assert.equal(front.requests.length, 1);
  });

  it('ends a check with its signal', async (t) => {
    const { lake, front } = await open(t);
    const controller = new AbortController();
    const { begun } = front.order({ kind: 'hold', until: new Promise(() => undefined) });

    const checking = lake.check(controller.signal);
    await begun;
    controller.abort();

    await assert.rejects(checking, { name: 'AbortError' });
  });
});
