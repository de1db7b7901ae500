// Removes files through the endpoint that LAKE_API names.
import { ContainerClient } from '@azure/storage-blob';
import { DataLakeFileSystemClient } from '@azure/storage-file-datalake';
import { withRetries } from '../../async/retry.ts';
import { codeOf } from '../fault.ts';
import type { LakeRemover } from '../lake.ts';
import { assertLakePath } from '../path-rules.ts';
import { isPathMissing, mayPass } from './azure-error.ts';
import type { AzureLocation } from './azure-location.ts';
import { type AzureAccess, type AzureApi, azurePipeline } from './azure-pipeline.ts';

export async function azureRemover(location: AzureLocation, access: AzureAccess, api: AzureApi): Promise<LakeRemover> {
  const pipeline = await azurePipeline(location, access);
  return api === 'blob'
    ? blobRemover(new ContainerClient(location.blobUrl, pipeline))
    : dfsRemover(new DataLakeFileSystemClient(location.dfsUrl, pipeline));
}

function blobRemover(container: ContainerClient): LakeRemover {
  const remove = (path: string, abortSignal: AbortSignal) => container.deleteBlob(path, { abortSignal });
  return {
    remove: (path, signal) => removed(remove, path, signal),
    // With a hierarchical namespace, an empty folder can be deleted like a blob. Other accounts have no folders.
    removeEmptyFolder: (path, signal) => removed(remove, path, signal, 'DirectoryIsNotEmpty'),
  };
}

function dfsRemover(fileSystem: DataLakeFileSystemClient): LakeRemover {
  return {
    remove: (path, signal) =>
      removed((name, abortSignal) => fileSystem.getFileClient(name).delete(false, { abortSignal }), path, signal),
    removeEmptyFolder: (path, signal) =>
      removed(
        (name, abortSignal) => fileSystem.getDirectoryClient(name).delete(false, { abortSignal }),
        path,
        signal,
        'DirectoryNotEmpty',
      ),
  };
}

async function removed(
  remove: (path: string, signal: AbortSignal) => Promise<unknown>,
  path: string,
  signal: AbortSignal,
  ...stays: readonly string[]
): Promise<void> {
  assertLakePath(path);
  try {
    await withRetries(() => remove(path, signal), mayPass, signal);
  } catch (error) {
    if (!isPathMissing(error) && !stays.includes(codeOf(error) ?? '')) throw error;
  }
}
