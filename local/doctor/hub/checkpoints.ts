// How far the host is: the checkpoints that its Event Hubs extension keeps as metadata of blobs in the host's storage.
// https://github.com/Azure/azure-sdk-for-net: BlobCheckpointStoreInternal.cs
import { BlobServiceClient } from '@azure/storage-blob';
import type { Environment } from '../../../shared/app/setting-reader.ts';
import { developerCredential } from '../../../shared/lake/azure/impatient-credential.ts';
import type { HubAddress } from './hub-address.ts';

export interface Checkpoint {
  /** The last message that is done. */
  readonly sequenceNumber: bigint;
  readonly writtenMs: number;
}

const container = 'azure-webjobs-eventhub';

/** Undefined where nothing says where the host's storage is. */
export async function hostStorage(environment: Environment): Promise<BlobServiceClient | undefined> {
  const connection = environment['AzureWebJobsStorage']?.trim();
  if (connection) return BlobServiceClient.fromConnectionString(connection, { retryOptions: { maxTries: 1 } });
  const account = environment['AzureWebJobsStorage__accountName']?.trim();
  const uri = environment['AzureWebJobsStorage__blobServiceUri']?.trim();
  const url = uri || (account && `https://${account}.blob.core.windows.net`);
  if (!url || !/^https:\/\/[a-z0-9]+\.(?:z\d+\.)?blob\.[a-z0-9.-]+\/?$/.test(url)) return undefined;
  return new BlobServiceClient(url, await developerCredential(), { retryOptions: { maxTries: 1 } });
}

/** By partition. The extension writes all names in lower case. */
export async function readCheckpoints(
  storage: BlobServiceClient,
  { host, hub, consumerGroup }: HubAddress,
  abortSignal: AbortSignal,
): Promise<ReadonlyMap<string, Checkpoint>> {
  const prefix = `${host}/${hub}/${consumerGroup}/checkpoint/`.toLowerCase();
  const found = new Map<string, Checkpoint>();
  const options = { prefix, includeMetadata: true, abortSignal };
  for await (const { name, metadata, properties } of storage.getContainerClient(container).listBlobsFlat(options)) {
    const number = metadata?.['sequencenumber'] ?? '';
    if (/^\d{1,19}$/.test(number))
      found.set(name.slice(prefix.length), {
        sequenceNumber: BigInt(number),
        writtenMs: properties.lastModified.getTime(),
      });
  }
  return found;
}
