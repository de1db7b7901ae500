import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readLakeUrl } from '../../../shared/lake/lake-url.ts';

describe('readLakeUrl()', () => {
  const accounts: [url: string, account: string, directory: string, blobUrl: string, dfsUrl: string][] = [
    [
      'abfss://lake@acct.dfs.core.windows.net/raw/mongodb',
      'acct',
      'raw/mongodb',
      'https://acct.blob.core.windows.net/lake',
      'https://acct.dfs.core.windows.net/lake',
    ],
    [
      'https://acct.dfs.core.windows.net/lake/raw/mongodb/',
      'acct',
      'raw/mongodb',
      'https://acct.blob.core.windows.net/lake',
      'https://acct.dfs.core.windows.net/lake',
    ],
    [
      'https://ACCT.dfs.core.windows.net/lake',
      'acct',
      '',
      'https://acct.blob.core.windows.net/lake',
      'https://acct.dfs.core.windows.net/lake',
    ],
    [
      'abfss://lake@ACCT.dfs.core.windows.net',
      'acct',
      '',
      'https://acct.blob.core.windows.net/lake',
      'https://acct.dfs.core.windows.net/lake',
    ],
    [
      'https://acct.dfs.core.windows.net/my-lake-2/a%20b/%C3%BC/漢',
      'acct',
      'a b/ü/漢',
      'https://acct.blob.core.windows.net/my-lake-2',
      'https://acct.dfs.core.windows.net/my-lake-2',
    ],
    [
      'abfss://lake@acct.dfs.core.chinacloudapi.cn/raw',
      'acct',
      'raw',
      'https://acct.blob.core.chinacloudapi.cn/lake',
      'https://acct.dfs.core.chinacloudapi.cn/lake',
    ],
    [
      'https://acct.dfs.core.usgovcloudapi.net/lake/raw',
      'acct',
      'raw',
      'https://acct.blob.core.usgovcloudapi.net/lake',
      'https://acct.dfs.core.usgovcloudapi.net/lake',
    ],
    [
      'abfss://lake@acct.z01.dfs.storage.azure.net/raw',
      'acct',
      'raw',
      'https://acct.z01.blob.storage.azure.net/lake',
      'https://acct.z01.dfs.storage.azure.net/lake',
    ],
    [
      'https://onelake.dfs.fabric.microsoft.com/My%20Workspace/Sales.Lakehouse/Files/mongodb',
      'onelake',
      'Sales.Lakehouse/Files/mongodb',
      'https://onelake.blob.fabric.microsoft.com/My%20Workspace',
      'https://onelake.dfs.fabric.microsoft.com/My%20Workspace',
    ],
    [
      'abfss://My Workspace@onelake.dfs.fabric.microsoft.com/Sales.Lakehouse/Files/mongodb',
      'onelake',
      'Sales.Lakehouse/Files/mongodb',
      'https://onelake.blob.fabric.microsoft.com/My%20Workspace',
      'https://onelake.dfs.fabric.microsoft.com/My%20Workspace',
    ],
    [
      'abfss://7a51d340-9c1d-4f4b-9c52-0a3b1c2d3e4f@onelake.dfs.fabric.microsoft.com/3e4f7a51-0000-4f4b-9c52-0a3b1c2d3e4f/Files',
      'onelake',
      '3e4f7a51-0000-4f4b-9c52-0a3b1c2d3e4f/Files',
      'https://onelake.blob.fabric.microsoft.com/7a51d340-9c1d-4f4b-9c52-0a3b1c2d3e4f',
      'https://onelake.dfs.fabric.microsoft.com/7a51d340-9c1d-4f4b-9c52-0a3b1c2d3e4f',
    ],
    [
      'https://westeurope-onelake.dfs.fabric.microsoft.com/Sales/L.Lakehouse/Files',
      'westeurope-onelake',
      'L.Lakehouse/Files',
      'https://westeurope-onelake.blob.fabric.microsoft.com/Sales',
      'https://westeurope-onelake.dfs.fabric.microsoft.com/Sales',
    ],
    [
      'http://127.0.0.1:10000/devstoreaccount1/lake/raw',
      'devstoreaccount1',
      'raw',
      'http://127.0.0.1:10000/devstoreaccount1/lake',
      'http://127.0.0.1:10000/devstoreaccount1/lake',
    ],
    [
      'http://localhost:10000/devstoreaccount1/lake',
      'devstoreaccount1',
      '',
      'http://localhost:10000/devstoreaccount1/lake',
      'http://localhost:10000/devstoreaccount1/lake',
    ],
    [
      'http://[::1]:10000/devstoreaccount1/lake',
      'devstoreaccount1',
      '',
      'http://[::1]:10000/devstoreaccount1/lake',
      'http://[::1]:10000/devstoreaccount1/lake',
    ],
  ];
  for (const [url, account, directory, blobUrl, dfsUrl] of accounts) {
    it(`reads ${url}`, () => {
      const location = readLakeUrl(url);

      const container = decodeURIComponent(blobUrl.slice(blobUrl.lastIndexOf('/') + 1));
      assert.deepEqual(location, { kind: 'azure', account, container, directory, blobUrl, dfsUrl });
    });
  }

  const folders: [url: string, folder: string][] = [
    ['file:./lake', './lake'],
    ['file:../lake', '../lake'],
    ['file:lake', 'lake'],
    ['file:/srv/lake', '/srv/lake'],
    ['file:///srv/lake', '/srv/lake'],
    ['file:./my%20lake', './my lake'],
    ['file:./my lake', './my lake'],
  ];
  for (const [url, folder] of folders) {
    it(`reads ${url}`, () => {
      const location = readLakeUrl(url);

      assert.deepEqual(location, { kind: 'folder', folder });
    });
  }

  it('accepts a directory of 50 levels and 600 characters', () => {
    const directory = Array(50).fill('d'.repeat(11)).join('/').padEnd(600, 'd');

    const location = readLakeUrl(`abfss://lake@acct.dfs.core.windows.net/${directory}`);

    assert.partialDeepStrictEqual(location, { kind: 'azure', directory });
  });
});
