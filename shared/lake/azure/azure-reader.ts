// Reads from Azure Data Lake Storage Gen2, from OneLake or from an emulator. It uses only the endpoint that LAKE_API
// names, because the other one can be closed.
import { type BlobClient, ContainerClient } from '@azure/storage-blob';
import { DataLakeFileSystemClient } from '@azure/storage-file-datalake';
import { withRetries } from '../../async/retry.ts';
import type { ByteRange, LakeFile, LakeReader } from '../lake.ts';
import { assertLakeFolder, assertLakePath, assertRange, withSlash } from '../path-rules.ts';
import { isPathMissing, isRangeBehindEnd, mayPass } from './azure-error.ts';
import type { AzureLocation } from './azure-location.ts';
import { type AzureAccess, type AzureApi, azurePipeline, dfsReadPipeline, listPipeline } from './azure-pipeline.ts';
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
  return {
    list: async function* (folder, abortSignal, namesBegin = '') {
      assertLakeFolder(folder);
      const prefix = withSlash(folder) + namesBegin;
      const listed = (continuationToken: string | undefined) =>
        lists
          .listBlobsFlat({ prefix, includeMetadata: true, abortSignal })
          .byPage(pageOptions(continuationToken))
          .next();
      for await (const { segment } of pages(listed, abortSignal))
        yield segment.blobItems.flatMap(({ name, properties, metadata }) =>
          // Accounts with a hierarchical namespace list directories like files.
          metadata?.['hdi_isfolder'] === 'true'
            ? []
            : [fileOf(name, properties.contentLength, properties.lastModified)],
        );
    },
    folders: async (folder, abortSignal) => {
      assertLakeFolder(folder);
      const prefix = withSlash(folder);
      const listed = (continuationToken: string | undefined) =>
        container.listBlobsByHierarchy('/', { prefix, abortSignal }).byPage(pageOptions(continuationToken)).next();
      const names: string[] = [];
      for await (const { segment } of pages(listed, abortSignal))
        for (const { name } of segment.blobPrefixes ?? []) names.push(name.slice(prefix.length, -1));
      return names;
    },
    read: async (path, signal, range) => {
      assertLakePath(path);
      return await bytesAt(container.getBlobClient(path), signal, range);
    },
  };
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
        yield paths.flatMap(({ name = '', isDirectory = false, contentLength, lastModified }) =>
          isDirectory || !name.startsWith(prefix) ? [] : [fileOf(name, contentLength, lastModified)],
        );
    },
    folders: async (folder, signal) => {
      const names: string[] = [];
      for await (const paths of pathsIn(folder, false, signal))
        for (const { name = '', isDirectory = false } of paths)
          if (isDirectory) names.push(name.slice(withSlash(folder).length));
      return names;
    },
    read: async (path, signal, range) => {
      assertLakePath(path);
      return await bytesAt(contents.getBlobClient(path), signal, range);
    },
  };
}

interface Page {
  readonly continuationToken?: string | undefined;
  readonly continuation?: string | undefined;
}

/** Retries a single page, so that a long list does not start again. */
async function* pages<P extends Page>(
  pageAfter: (token: string | undefined) => Promise<IteratorResult<P, unknown>>,
  signal: AbortSignal,
): AsyncGenerator<P> {
  let token: string | undefined;
  do {
    const { value, done } = await withRetries(() => pageAfter(token), mayPass, signal);
    if (done === true) return;
    yield value;
    token = value.continuationToken ?? value.continuation;
  } while (token !== undefined && token !== '');
}

function pageOptions(continuationToken: string | undefined) {
  return { maxPageSize: 5000, ...(continuationToken === undefined ? {} : { continuationToken }) };
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
