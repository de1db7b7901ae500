import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { BlobServiceClient, StorageSharedKeyCredential } from '@azure/storage-blob';
import { azureReader } from '../../../../shared/lake/azure/azure-reader.ts';
import { azureRemover } from '../../../../shared/lake/azure/azure-remover.ts';
import { azureReplacer } from '../../../../shared/lake/azure/azure-replacer.ts';
import { azureWriter } from '../../../../shared/lake/azure/azure-writer.ts';
import { type Azurite, emulatorAccount, emulatorKey, locationAt, startAzurite } from '../../../support/azurite.ts';
import { fileSystem, startDfsServer } from '../../../support/dfs-server.ts';
import { never } from '../../../support/never.ts';
import { describeReader } from '../../../support/reader-contract.ts';
import { forwardTo, startFront } from '../../../support/storage-faults.ts';

const access = { kind: 'shared-key', key: emulatorKey } as const;
describeReader('The Blob endpoint', async () => {
  const azurite = await startAzurite();
  const location = locationAt(azurite.origin, azurite.container);
  return {
    writer: await azureWriter(location, access, 'blob'),
    reader: await azureReader(location, access, 'blob'),
    remover: await azureRemover(location, access, 'blob'),
    replacer: await azureReplacer(location, access, 'blob'),
    missing: await azureReader(locationAt(azurite.origin, 'missing'), access, 'blob'),
    close: azurite.stop,
  };
});

describeReader('The Data Lake endpoint', async () => {
  const server = await startDfsServer();
  const location = locationAt(server.origin, fileSystem);
  return {
    writer: await azureWriter(location, access, 'dfs'),
    reader: await azureReader(location, access, 'dfs'),
    remover: await azureRemover(location, access, 'dfs'),
    replacer: await azureReplacer(location, access, 'dfs'),
    missing: await azureReader(locationAt(server.origin, 'missing'), access, 'dfs'),
    close: async () => {
      await server.stop();
      assert.deepEqual(server.misdirected, []);
    },
  };
});

describe('azureReader() through the Blob endpoint', () => {
  let azurite: Azurite;
  before(async () => {
    azurite = await startAzurite();
  });
  after(() => azurite.stop());

  it('leaves out the directories that an account with a hierarchical namespace lists', async () => {
    await azurite.overwrite('hns/db/file.json', Buffer.from('file'));
    await azurite.overwrite('hns/db/empty.json', new Uint8Array());
    for (const directory of ['hns', 'hns/db']) await createDirectoryBlob(azurite, directory);

    const reader = await azureReader(locationAt(azurite.origin, azurite.container), access, 'blob');
    const below = (await Array.fromAsync(reader.list('hns', never))).flat();
    const here = await reader.files('hns/db', never);
    const none = await reader.files('hns', never);

    for (const files of [below, here])
      assert.deepEqual(
        files.map(({ path }) => path),
        ['hns/db/empty.json', 'hns/db/file.json'],
      );
    assert.deepEqual([none, await reader.folders('hns', never)], [[], ['db']]);
  });

  it('reads each list by hand: the reader of the SDK would need more of a blob than this', async (t) => {
    const members = '<Content-Length>4</Content-Length><Last-Modified>Fri, 20 Nov 2026 10:15:30 GMT</Last-Modified>';
    const items = `<BlobPrefix><Name>db/coll/</Name></BlobPrefix><Blob><Name>db/a.json</Name>${members}</Blob>`;
    const body = Buffer.from(`<EnumerationResults><Blobs>${items}</Blobs><NextMarker /></EnumerationResults>`);
    const front = await startFront(async () => ({ status: 200, headers: { 'content-type': 'application/xml' }, body }));
    t.after(front.stop);

    const reader = await azureReader(locationAt(front.origin, 'lake'), access, 'blob');

    const file = { path: 'db/a.json', bytes: 4, modifiedMs: Date.UTC(2026, 10, 20, 10, 15, 30) };
    assert.deepEqual((await Array.fromAsync(reader.list('db', never))).flat(), [file]);
    assert.deepEqual(await reader.files('db', never), [file]);
    assert.deepEqual(await reader.folders('db', never), ['coll']);
    assert.equal(front.requests.length, 3);
  });

  it('requests a page again after a failure, and no other page', async (t) => {
    const front = await startFront(forwardTo(azurite.origin));
    t.after(front.stop);
    await azurite.overwrite('again/file.json', Buffer.from('file'));
    front.order({ kind: 'answer', status: 503, code: 'ServerBusy' });

    const reader = await azureReader(locationAt(front.origin, azurite.container), access, 'blob');
    const pages = await Array.fromAsync(reader.list('again', never));

    assert.deepEqual([pages.flat().map(({ path }) => path), front.requests.length], [['again/file.json'], 2]);
  });
});

describe('azureReader() through the Data Lake endpoint', () => {
  it('reads several pages', async (t) => {
    const server = await startDfsServer();
    t.after(server.stop);
    const names = Array.from({ length: 5003 }, (_, index) => `many/${String(index).padStart(4, '0')}`);
    for (const name of names) server.leaveEmptyFile(name);

    const reader = await azureReader(locationAt(server.origin, fileSystem), access, 'dfs');
    const pages = await Array.fromAsync(reader.list('', never));

    assert.deepEqual(
      pages.flat().map(({ path }) => path),
      names,
    );
    assert.equal(server.requests.length, 2);
  });

  it('requests only the range, with the header of the endpoint', async (t) => {
    const server = await startDfsServer();
    t.after(server.stop);
    const location = locationAt(server.origin, fileSystem);
    const writer = await azureWriter(location, access, 'dfs');
    await writer.create('file.json', Buffer.from('0123456789'), 'application/json', never);

    const reader = await azureReader(location, access, 'dfs');
    await reader.read('file.json', never, { start: 2, end: 4 });

    assert.equal(server.requests.at(-1)?.headers.range, 'bytes=2-3');
  });
});

/** A directory, in the form of the Blob endpoint. */
async function createDirectoryBlob({ origin, container }: Azurite, name: string): Promise<void> {
  const credential = new StorageSharedKeyCredential(emulatorAccount, emulatorKey);
  const client = new BlobServiceClient(`${origin}/${emulatorAccount}`, credential).getContainerClient(container);
  await client.getBlockBlobClient(name).upload('', 0, { metadata: { hdi_isfolder: 'true' } });
}
