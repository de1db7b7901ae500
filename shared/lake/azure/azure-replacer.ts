// Replaces files through the endpoint that LAKE_API names.
import { ContainerClient } from '@azure/storage-blob';
import { DataLakeFileSystemClient } from '@azure/storage-file-datalake';
import { withRetries } from '../../async/retry.ts';
import type { LakeReplacer } from '../lake.ts';
import { assertLakePath } from '../path-rules.ts';
import { mayPass } from './azure-error.ts';
import type { AzureLocation } from './azure-location.ts';
import { type AzureAccess, type AzureApi, azurePipeline } from './azure-pipeline.ts';

export async function azureReplacer(
  location: AzureLocation,
  access: AzureAccess,
  api: AzureApi,
): Promise<LakeReplacer> {
  const pipeline = await azurePipeline(location, access);
  return api === 'blob'
    ? blobReplacer(new ContainerClient(location.blobUrl, pipeline))
    : dfsReplacer(new DataLakeFileSystemClient(location.dfsUrl, pipeline));
}

function blobReplacer(container: ContainerClient): LakeReplacer {
  return {
    replace: async (path, content, blobContentType, abortSignal) => {
      assertLakePath(path);
      const blob = container.getBlockBlobClient(path);
      const put = () => blob.upload(content, content.byteLength, { abortSignal, blobHTTPHeaders: { blobContentType } });
      await withRetries(put, mayPass, abortSignal);
    },
  };
}

/** Create, append and flush are three requests. A reader can find an empty file for a moment. */
function dfsReplacer(fileSystem: DataLakeFileSystemClient): LakeReplacer {
  return {
    replace: async (path, content, contentType, abortSignal) => {
      assertLakePath(path);
      const file = fileSystem.getFileClient(path);
      const put = async (): Promise<void> => {
        await file.create({ abortSignal, pathHttpHeaders: { contentType } });
        await file.append(content, 0, content.byteLength, { abortSignal });
        await file.flush(content.byteLength, { close: true, abortSignal });
      };
      await withRetries(put, mayPass, abortSignal);
    },
  };
}
