// Reads the list of blobs that the Blob endpoint gives as XML. The SDK's own reader makes sixty members for each blob.
// That takes 0.2 ms, so a day of a million files takes minutes. Nobody here needs more than three members.
// https://learn.microsoft.com/rest/api/storageservices/list-blobs

import { type RequestPolicyFactory, RestError } from '@azure/storage-blob';
import { bytesOf } from './stream-bytes.ts';

/**
 * For a container client that only lists blobs flat. The SDK makes and signs the request. This policy reads the answer.
 */
export const quickLists: RequestPolicyFactory = {
  create: (next) => ({
    sendRequest: async (request) => {
      // The SDK does not read an answer that is a stream. Refusals have other status codes, and the SDK reads them.
      request.streamResponseStatusCodes = new Set([200]);
      const response = await next.sendRequest(request);
      if (response.readableStreamBody !== undefined)
        response.parsedBody = blobsIn(await xmlOf(response.readableStreamBody));
      return response;
    },
  }),
};

/** The names are those of the SDK's own reader. */
export interface BlobPage {
  readonly segment: { readonly blobItems: readonly ListedBlob[] };
  readonly continuationToken: string;
}

export interface ListedBlob {
  readonly name: { readonly content: string; readonly encoded: boolean };
  readonly properties: { readonly contentLength: number; readonly lastModified: Date };
  readonly metadata: Readonly<Record<string, string>>;
}

const itemStart = Buffer.from('<Blob>');
const itemEnd = Buffer.from('</Blob>');

export function blobsIn(xml: Buffer): BlobPage {
  // A list that was cut must not be taken for a short one.
  if (!xml.toString('utf8', xml.length - 200).includes('</EnumerationResults>'))
    throw unreadable('it must end as a list does');
  const blobItems: ListedBlob[] = [];
  let end = 0;
  for (let start = xml.indexOf(itemStart); start !== -1; start = xml.indexOf(itemStart, end)) {
    end = xml.indexOf(itemEnd, start);
    if (end === -1) throw unreadable('each blob must end');
    blobItems.push(blobIn(xml.toString('utf8', start, end)));
  }
  const [, marker = ''] = /<NextMarker>([^<]*)<\/NextMarker>/.exec(xml.toString('utf8', end)) ?? [];
  return { segment: { blobItems }, continuationToken: unescaped(marker) };
}

function blobIn(item: string): ListedBlob {
  const [, encoded, name] = /<Name( Encoded="true")?\s*>([^<]*)<\/Name>/.exec(item) ?? [];
  const [, length] = /<Content-Length>(\d+)<\/Content-Length>/.exec(item) ?? [];
  const [, modified] = /<Last-Modified>([^<]*)<\/Last-Modified>/.exec(item) ?? [];
  if (name === undefined || length === undefined || modified === undefined)
    throw unreadable('each blob must have a name, a length and a time');
  return {
    // A slice of the item would hold all of the item in memory.
    name: { content: Buffer.from(unescaped(name)).toString(), encoded: encoded !== undefined },
    properties: { contentLength: Number(length), lastModified: new Date(modified) },
    metadata: /<hdi_isfolder>true<\/hdi_isfolder>/i.test(item) ? { hdi_isfolder: 'true' } : {},
  };
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescaped(text: string): string {
  if (!text.includes('&')) return text;
  return text.replaceAll(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex, decimal, name) => {
    if (name !== undefined) return entities[name] ?? whole;
    return String.fromCodePoint(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16));
  });
}

async function xmlOf(stream: NodeJS.ReadableStream): Promise<Buffer> {
  try {
    return await bytesOf(stream);
  } catch (cause) {
    throw unreadable('it must come whole', cause);
  }
}

/** An error of the SDK's own kind, so that the page is requested again. */
function unreadable(reason: string, cause?: unknown): RestError {
  const error = new RestError(`Cannot read a list of blobs: ${reason}`, { code: RestError.PARSE_ERROR });
  return Object.assign(error, { cause });
}
