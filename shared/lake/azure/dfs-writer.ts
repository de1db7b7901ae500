// Writes through the Data Lake endpoint. Some accounts have no other open endpoint.
import { BlobClient, type Pipeline } from '@azure/storage-blob';
import { DataLakeFileSystemClient } from '@azure/storage-file-datalake';
import type { LakeWriter } from '../lake.ts';
import { assertLakePath } from '../path-rules.ts';
import type { AzureLocation } from './azure-location.ts';
import { createByDfs } from './dfs-create.ts';

export function dfsWriter({ dfsUrl }: AzureLocation, pipeline: Pipeline): LakeWriter {
  const fileSystem = new DataLakeFileSystemClient(dfsUrl, pipeline);
  return {
    create: async (path, content, contentType, signal) => {
      assertLakePath(path);
      const file = fileSystem.getFileClient(path);
      return await createByDfs({ file, head: new BlobClient(file.url, pipeline) }, content, contentType, signal);
    },
    // For `exists`, the SDK asks the Blob endpoint. A list goes to the Data Lake endpoint.
    check: async (abortSignal) => {
      await fileSystem.listPaths({ recursive: false, abortSignal }).byPage({ maxPageSize: 1 }).next();
    },
  };
}
