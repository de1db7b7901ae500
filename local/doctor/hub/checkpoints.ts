// Reads how far the host is. Its Event Hubs extension keeps checkpoints as metadata of blobs in the host's storage.
// https://github.com/Azure/azure-sdk-for-net: BlobCheckpointStoreInternal.cs
import { BlobServiceClient } from '@azure/storage-blob';
import type { Environment } from '../../../shared/app/setting-reader.ts';
import { developerCredential } from '../../../shared/lake/azure/impatient-credential.ts';
import type { HubAddress } from './hub-address.ts';

export interface Checkpoint {
  /** The last message that the host has finished. */
  readonly sequenceNumber: bigint;
  readonly writtenMs: number;
}

const container = 'azure-webjobs-eventhub';

/** Undefined if no setting names the host's storage. */
export async function hostStorage(environment: Environment): Promise<BlobServiceClient | undefined> {
  const connection = environment['AzureWebJobsStorage']?.trim();
  if (connection) return BlobServiceClient.fromConnectionString(connection, { retryOptions: { maxTries: 1 } });
  const account = environment['AzureWebJobsStorage__accountName']?.trim();
  const uri = environment['AzureWebJobsStorage__blobServiceUri']?.trim();
  const url = uri || (account && `https://${account}.blob.core.windows.net`);
  if (!url || !/^https:\/\/[a-z0-9]+\.(?:z\d+\.)?blob\.[a-z0-9.-]+\/?$/.test(url)) return undefined;
  return new BlobServiceClient(url, await developerCredential(), { retryOptions: { maxTries: 1 } });
}

/** Returns checkpoints by partition. The extension writes all names in lower case. */
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
