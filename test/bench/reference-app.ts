// The alternative for a user: the requests of the public reference solution, ported from Python to TypeScript
// (Azure/Azure_Synapse_RealTimeSync_Using_AtlasTrigger_and_AzureFunction). For each event it makes a new client, then
// sends create, append and flush. The document names the file. The port is faster than the original: the SDK for
// JavaScript shares connections between clients, and nothing is logged.
import { app, type HttpRequest } from '@azure/functions';
import { DataLakeServiceClient, StorageSharedKeyCredential } from '@azure/storage-file-datalake';

app.http('reference', { methods: ['POST'], route: 'change-events', authLevel: 'anonymous', handler: copyDocument });

async function copyDocument(request: HttpRequest) {
  const { LAKE_URL = '', STORAGE_ACCOUNT_KEY = '' } = process.env;
  const [, origin = '', account = '', container = ''] = /^(\w+:\/\/[^/]+)\/([^/]+)\/([^/]+)$/.exec(LAKE_URL) ?? [];
  const credential = new StorageSharedKeyCredential(account, STORAGE_ACCOUNT_KEY);
  const client = new DataLakeServiceClient(`${origin}/${account}`, credential);
  const event = JSON.parse(await request.text());
  const document = event.operationType === 'delete' ? event.fullDocumentBeforeChange : event.fullDocument;
  const content = JSON.stringify({ operationType: event.operationType, data: document });
  const directory = client.getFileSystemClient(container).getDirectoryClient('change-events');
  const file = directory.getFileClient(`change-${document._id.$oid}.txt`);
  await file.create();
  await file.append(content, 0, Buffer.byteLength(content));
  await file.flush(Buffer.byteLength(content));
  return { body: 'This HTTP triggered function executed successfully.' };
}
