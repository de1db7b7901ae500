// No parser here knows COPY INTO of a dedicated pool. So its parts are compared with Microsoft's page.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loadProcedure } from '../../../local/views/tsql/dedicated-load.ts';
import { viewPlace } from '../../../local/views/view-places.ts';
import { changeColumns } from '../../../local/views/view-queries.ts';

/** The options that the page lists. */
const options = new Set([
  'FILE_TYPE',
  'FILE_FORMAT',
  'CREDENTIAL',
  'ERRORFILE',
  'ERRORFILE_CREDENTIAL',
  'MAXERRORS',
  'COMPRESSION',
  'FIELDQUOTE',
  'FIELDTERMINATOR',
  'ROWTERMINATOR',
  'FIRSTROW',
  'DATEFORMAT',
  'ENCODING',
  'IDENTITY_INSERT',
  'AUTO_CREATE_TABLE',
]);

describe('COPY INTO of a dedicated pool', () => {
  for (const collection of ['orders', 'o\'Brien "s"'])
    it(`names a table, its columns, files by an address, and options that exist: ${collection}`, () => {
      const copy = copyInto(collection);
      const [, table, columns = '', address = '', given = ''] =
        /^COPY INTO ("(?:[^"]|"")*"\."(?:[^"]|"")*") \(([^)]*)\)\s+FROM '((?:[^']|'')*)'\s+WITH \((.*)\)$/s.exec(
          copy,
        ) ?? [];

      assert.equal(table, `"shop"."${`${collection}_staging`.replaceAll('"', '""')}"`);
      assert.deepEqual(
        columns.split(', '),
        changeColumns.filter((name) => name !== 'date'),
      );
      assert.match(
        address,
        /^https:\/\/mylake\.dfs\.core\.windows\.net\/lake\/raw-tables\/shop\/[^*]+\/date=\*\/\*\.parquet$/,
      );
      const named = [...given.matchAll(/(?:^|, )(\w+) = (\([^)]*\)|'[^']*')/g)];
      assert.equal(named.map(([text]) => text).join(''), given);
      for (const [, name = ''] of named) assert(options.has(name), name);
      assert.match(given, /FILE_TYPE = '(?:CSV|PARQUET|ORC)'/);
      assert.match(given, /CREDENTIAL = \(IDENTITY = 'Managed Identity'\)/);
    });

  it('fits into the variable that holds it, with the longest names', () => {
    assert(copyInto('ü'.repeat(120)).length < 4000);
  });
});

/** As the procedure passes it to sp_executesql. */
function copyInto(collection: string): string {
  const place = (directory: string) =>
    viewPlace(
      {
        kind: 'azure',
        container: 'lake',
        directory,
        account: 'mylake',
        blobUrl: 'https://mylake.blob.core.windows.net/lake',
        dfsUrl: 'https://mylake.dfs.core.windows.net/lake',
      },
      directory,
    );
  const procedure = loadProcedure({
    database: 'shop',
    collection,
    folder: 'shop/orders',
    lake: place('raw'),
    tables: place('raw-tables'),
    hasTable: true,
    isFlat: false,
    columns: [],
  });
  const [, text = ''] = /SET @copy = N'((?:[^']|'')*)';/.exec(procedure) ?? [];
  return text.replaceAll("''", "'");
}
