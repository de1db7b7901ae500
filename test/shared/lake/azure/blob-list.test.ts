import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { blobsIn } from '../../../../shared/lake/azure/blob-list.ts';

const time = 'Fri, 20 Nov 2026 10:15:30 GMT';

describe('blobsIn()', () => {
  it('reads names, lengths, times and the marker of the next page', () => {
    const { segment, continuationToken } = read(item('lake/a.json'), item('lake/b.json', { length: 0 }), '2!76!MDAw');

    assert.deepEqual(
      segment.blobItems.map(({ name, properties, metadata }) => [name, properties, metadata]),
      [
        [named('lake/a.json'), { contentLength: 5, lastModified: new Date(time) }, {}],
        [named('lake/b.json'), { contentLength: 0, lastModified: new Date(time) }, {}],
      ],
    );
    assert.equal(continuationToken, '2!76!MDAw');
  });

  it('reads names with escapes of XML, and names that the service encodes', () => {
    const { segment } = read(
      item('a&amp;b&lt;&gt;&quot;&apos;&#233;&#x1F3AC;&amp;lt;'),
      item('a%EF%BF%BEb', { attribute: ' Encoded="true"' }),
    );

    assert.deepEqual(
      segment.blobItems.map(({ name }) => name),
      [named('a&b<>"\'é🎬&lt;'), { content: 'a%EF%BF%BEb', encoded: true }],
    );
  });

  it('reads from the metadata only whether a blob is a directory', () => {
    const { segment } = read(
      item('dir', { metadata: '<hdi_isfolder>true</hdi_isfolder>' }),
      item('file', { metadata: '<Name>other</Name><Last_Modified>never</Last_Modified>' }),
    );

    assert.deepEqual(
      segment.blobItems.map(({ name, metadata }) => [name.content, metadata]),
      [
        ['dir', { hdi_isfolder: 'true' }],
        ['file', {}],
      ],
    );
  });

  it('reads the folders of one level, among its blobs', () => {
    const { segment, continuationToken } = read(
      folder('lake/a&amp;b/'),
      item('lake/c.json', { metadata: '<BlobPrefix>other</BlobPrefix>' }),
      folder('lake/d%EF%BF%BE/', ' Encoded="true"'),
      '2!76!MDAw',
    );

    assert.deepEqual(segment.blobPrefixes, [
      { name: named('lake/a&b/') },
      { name: { content: 'lake/d%EF%BF%BE/', encoded: true } },
    ]);
    assert.deepEqual([segment.blobItems.length, continuationToken], [1, '2!76!MDAw']);
  });

  it('reads a list without blobs', () => {
    assert.deepEqual(blobsIn(Buffer.from('<EnumerationResults><Blobs /><NextMarker /></EnumerationResults>')), {
      segment: { blobItems: [], blobPrefixes: [] },
      continuationToken: '',
    });
  });

  it('refuses a list that was cut, and a blob without a name, a length or a time', () => {
    const whole = list(item('a'), item('b'), folder('c/'));
    for (const text of [
      whole.slice(0, whole.indexOf('<Blob>', whole.indexOf('</Blob>'))),
      whole.slice(0, -10),
      '',
      whole.replace('<Name>a</Name>', ''),
      whole.replace('<Content-Length>5</Content-Length>', ''),
      whole.replace(`<Last-Modified>${time}</Last-Modified>`, ''),
      whole.replaceAll('</Blob>', ''),
      whole.replace('<Name>c/</Name>', ''),
      whole.replace('</BlobPrefix>', ''),
    ])
      assert.throws(() => blobsIn(Buffer.from(text)), { name: 'RestError', code: 'PARSE_ERROR' }, text);
  });
});

function named(content: string) {
  return { content, encoded: false };
}

function read(...parts: readonly string[]) {
  return blobsIn(Buffer.from(list(...parts)));
}

/** The last part can be the marker instead of a blob. */
function list(...parts: readonly string[]): string {
  const [marker = ''] = parts.filter((part) => !part.startsWith('<'));
  const blobs = parts.filter((part) => part !== marker).join('\n ');
  return `\ufeff<?xml version="1.0" encoding="utf-8"?><EnumerationResults ServiceEndpoint="x"><Prefix>lake</Prefix><Blobs>${blobs}</Blobs><NextMarker>${marker}</NextMarker></EnumerationResults>`;
}

function item(name: string, { length = 5, attribute = '', metadata = '' } = {}): string {
  return `<Blob><Name${attribute}>${name}</Name><Properties><Creation-Time>${time}</Creation-Time><Last-Modified>${time}</Last-Modified><Etag>0x1</Etag><Content-Length>${length}</Content-Length></Properties><Metadata>${metadata}</Metadata><OrMetadata /></Blob>`;
}

/** An account with a hierarchical namespace adds properties. */
function folder(name: string, attribute = ''): string {
  return `<BlobPrefix><Name${attribute}>${name}</Name><Properties><Last-Modified>${time}</Last-Modified></Properties></BlobPrefix>`;
}
