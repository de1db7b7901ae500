// The minimum of a load: reads the dump and writes its bytes in as many files, without reading them.
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { ContainerClient, StorageSharedKeyCredential } from '@azure/storage-blob';

const [file = '', files = '1'] = process.argv.slice(2);
const credential = new StorageSharedKeyCredential('account', process.env['STORAGE_ACCOUNT_KEY'] ?? '');
const container = new ContainerClient(process.env['LAKE_URL'] ?? '', credential);
const bytes = Math.ceil((await stat(file)).size / Number(files));
/** The number of writes of a load at once. */
const most = 32;
const underWay = new Set<Promise<unknown>>();
let number = 0;

for await (const piece of createReadStream(file, { highWaterMark: bytes })) {
  number++;
  const put = container.getBlockBlobClient(`${number}.jsonl`).upload(piece, piece.length, {
    conditions: { ifNoneMatch: '*' },
  });
  const done: Promise<unknown> = put.finally(() => underWay.delete(done));
  underWay.add(done);
  if (underWay.size >= most) await Promise.race(underWay);
}
await Promise.all(underWay);
