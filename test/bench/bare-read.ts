// The possible minimum for reading a lake: lists the files and reads each with the SDK, without parsing them.

import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { ContainerClient, StorageSharedKeyCredential } from '@azure/storage-blob';

const started = performance.now();
const url = process.env['LAKE_URL'] ?? '';
const container = new ContainerClient(
  url.slice(0, url.lastIndexOf('/')),
  new StorageSharedKeyCredential('account', process.env['STORAGE_ACCOUNT_KEY'] ?? ''),
);
/** The number of reads of a run at once. */
const most = 128;
const underWay = new Set<Promise<unknown>>();

for await (const { name } of container.listBlobsFlat({ prefix: 'lake/' })) {
  const done: Promise<unknown> = read(name).finally(() => underWay.delete(done));
  underWay.add(done);
  if (underWay.size >= most) await Promise.race(underWay);
}
await Promise.all(underWay);
console.log(JSON.stringify({ seconds: (performance.now() - started) / 1000 }));

async function read(name: string): Promise<void> {
  const { readableStreamBody } = await container.getBlobClient(name).download();
  if (readableStreamBody !== undefined) await buffer(Readable.from(readableStreamBody));
}
