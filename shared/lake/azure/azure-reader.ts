// Reads from Azure Data Lake Storage Gen2, from OneLake or from an emulator. It uses only the endpoint that LAKE_API
// names, because the other one can be closed.
import { type BlobClient, type BlobItem, ContainerClient } from '@azure/storage-blob';
import { DataLakeFileSystemClient, type Path } from '@azure/storage-file-datalake';
import { withRetries } from '../../async/retry.ts';
import type { ByteRange, LakeFile, LakeReader } from '../lake.ts';
import { assertLakeFolder, assertLakePath, assertRange, withSlash } from '../path-rules.ts';
import { isPathMissing, isRangeBehindEnd, mayPass } from './azure-error.ts';
import type { AzureLocation } from './azure-location.ts';
import { type AzureAccess, type AzureApi, azurePipeline, dfsReadPipeline, listPipeline } from './azure-pipeline.ts';
import { pageOptions, pages } from './list-pages.ts';
import { bytesOf } from './stream-bytes.ts';

export async function azureReader(location: AzureLocation, access: AzureAccess, api: AzureApi): Promise<LakeReader> {
  const pipeline = await azurePipeline(location, access);
  return api === 'blob'
    ? blobReader(
        new ContainerClient(location.blobUrl, pipeline),
        new ContainerClient(location.blobUrl, await listPipeline(location, access)),
      )
    : dfsReader(
        new DataLakeFileSystemClient(location.dfsUrl, pipeline),
        new ContainerClient(location.dfsUrl, await dfsReadPipeline(location, access)),
      );
}

function blobReader(container: ContainerClient, lists: ContainerClient): LakeReader {
  function levelOf(folder: string, abortSignal: AbortSignal) {
    assertLakeFolder(folder);
    const options = { prefix: withSlash(folder), includeMetadata: true, abortSignal };
    const listed = (continuationToken: string | undefined) =>
      lists.listBlobsByHierarchy('/', options).byPage(pageOptions(continuationToken)).next();
    return pages(listed, abortSignal);
  }

  return {
    list: async function* (folder, abortSignal, namesBegin = '') {
      assertLakeFolder(folder);
      const prefix = withSlash(folder) + namesBegin;
      const listed = (continuationToken: string | undefined) =>
        lists
          .listBlobsFlat({ prefix, includeMetadata: true, abortSignal })
          .byPage(pageOptions(continuationToken))
          .next();
      for await (const { segment } of pages(listed, abortSignal)) yield segment.blobItems.flatMap(blobOf);
    },
    folders: async (folder, abortSignal) => {
      const names: string[] = [];
      for await (const { segment } of levelOf(folder, abortSignal))
        for (const { name } of segment.blobPrefixes ?? []) names.push(name.slice(withSlash(folder).length, -1));
      return names;
    },
    files: async (folder, abortSignal) => {
      const files: LakeFile[] = [];
      for await (const { segment } of levelOf(folder, abortSignal)) files.push(...segment.blobItems.flatMap(blobOf));
      return files;
    },
    read: async (path, signal, range) => {
      assertLakePath(path);
      return await bytesAt(container.getBlobClient(path), signal, range);
    },
  };
}

/** Accounts with a hierarchical namespace list directories like files. */
function blobOf({ name, properties, metadata }: BlobItem): LakeFile[] {
  const isFolder = metadata?.['hdi_isfolder'] === 'true';
  return isFolder ? [] : [fileOf(name, properties.contentLength, properties.lastModified)];
}

/** The Data Lake client of the SDK reads files from the Blob endpoint. The blob client `contents` keeps its address. */
function dfsReader(fileSystem: DataLakeFileSystemClient, contents: ContainerClient): LakeReader {
  async function* pathsIn(folder: string, recursive: boolean, abortSignal: AbortSignal) {
    assertLakeFolder(folder);
    const options = { recursive, abortSignal, ...(folder === '' ? {} : { path: folder }) };
    const listed = (continuationToken: string | undefined) =>
      fileSystem.listPaths(options).byPage(pageOptions(continuationToken)).next();
    try {
      for await (const { pathItems } of pages(listed, abortSignal)) yield pathItems ?? [];
    } catch (error) {
      // A missing folder has no files yet.
      if (!isPathMissing(error)) throw error;
    }
  }

  return {
    list: async function* (folder, signal, namesBegin = '') {
      const prefix = withSlash(folder) + namesBegin;
      for await (const paths of pathsIn(folder, true, signal))
        yield paths.flatMap(pathOf).filter(({ path }) => path.startsWith(prefix));
    },
    folders: async (folder, signal) => {
      const names: string[] = [];
      for await (const paths of pathsIn(folder, false, signal))
        for (const { name = '', isDirectory = false } of paths)
          if (isDirectory) names.push(name.slice(withSlash(folder).length));
      return names;
    },
    files: async (folder, signal) => {
      const files: LakeFile[] = [];
      for await (const paths of pathsIn(folder, false, signal)) files.push(...paths.flatMap(pathOf));
      return files;
    },
    read: async (path, signal, range) => {
      assertLakePath(path);
      return await bytesAt(contents.getBlobClient(path), signal, range);
    },
  };
}

function pathOf({ name = '', isDirectory = false, contentLength, lastModified }: Path): LakeFile[] {
  return isDirectory ? [] : [fileOf(name, contentLength, lastModified)];
}

function fileOf(path: string, bytes: number | undefined, modified: Date | undefined): LakeFile {
  return { path, bytes: bytes ?? 0, modifiedMs: modified?.getTime() ?? 0 };
}

/** How often a broken download continues at its last byte, if the file has not changed. */
const maxRetryRequests = 3;

async function bytesAt(blob: BlobClient, abortSignal: AbortSignal, range?: ByteRange): Promise<Uint8Array | undefined> {
  if (range !== undefined) assertRange(range);
  const count = range === undefined ? undefined : range.end - range.start;
  const download = () => blob.download(range?.start, count, { abortSignal, maxRetryRequests });
  try {
    const { readableStreamBody, contentLength } = await withRetries(download, mayPass, abortSignal);
    return readableStreamBody === undefined ? new Uint8Array() : await bytesOf(readableStreamBody, contentLength);
  } catch (error) {
    if (isPathMissing(error)) return undefined;
    if (range !== undefined && isRangeBehindEnd(error)) return new Uint8Array();
    throw error;
  }
}
