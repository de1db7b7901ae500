import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readLakeUrl } from '../../../shared/lake/lake-url.ts';

const anAddress = 'an abfss://, https:// or file: address';
const noQuery = 'an address without a query: a shared access signature is not supported';
const abfssForm = 'abfss://<container>@<account>.dfs.core.windows.net/<directory>';
const dfsEndpoint = 'an address of a Data Lake endpoint, <account>.dfs.core.windows.net';
const https = 'https:// (http:// is only for an emulator on this machine)';
const emulatorForm = 'http://127.0.0.1:<port>/<account>/<container>/<directory>';
const container = 'an address with a container of 3 to 63 lower-case letters, digits and single hyphens';
const plainLevels = 'an address whose directory has no empty, dotted or unprintable level';
const smallDirectory = 'an address with a directory of at most 600 characters and 50 levels';
const escapes = 'an address whose percent signs are escapes';
const folder = 'file: and a folder, as in file:./lake';

const lake = 'https://acct.dfs.core.windows.net/lake';

const refusals: [mustBe: string, urls: string[]][] = [
  [
    anAddress,
    ['', 'lake', './lake', '/lake', 'C:\\lake', 'wasbs://lake@acct.blob.core.windows.net', 'abfs://a@b', 's3://b'],
  ],
  [
    noQuery,
    [`${lake}?sv=2026&sig=secret`, `${lake}/raw?x`, `${lake}#x`, 'abfss://lake@acct.dfs.core.windows.net/a?sig=s'],
  ],
  [
    'an address without a password',
    ['https://user:secret@acct.dfs.core.windows.net/lake', 'abfss://lake:secret@acct.dfs.core.windows.net/a'],
  ],
  ['an https:// address without a name before the host', ['https://lake@acct.dfs.core.windows.net/raw']],
  [abfssForm, ['abfss://acct.dfs.core.windows.net/lake', 'abfss://lake@ac%20ct.dfs.core.windows.net/raw']],
  [
    dfsEndpoint,
    [
      'https://acct.blob.core.windows.net/lake',
      'https://acct.blob.core.windows.net/lake/.dfs.core.windows.net',
      'abfss://lake@acct.blob.core.windows.net/raw',
      'https://example.com/lake',
      'https://dfs.core.windows.net/lake',
      'https://.dfs.core.windows.net/lake',
      'https://acct.dfs./lake',
    ],
  ],
  [
    https,
    [
      'http://acct.dfs.core.windows.net/lake',
      'http://10.0.0.5:10000/devstoreaccount1/lake',
      'http://127.0.0.1.evil.com/a/lake',
    ],
  ],
  [
    emulatorForm,
    ['http://127.0.0.1:10000', 'http://127.0.0.1:10000/', 'http://user@127.0.0.1:10000/devstoreaccount1/lake'],
  ],
  [
    container,
    [
      'https://acct.dfs.core.windows.net',
      'https://acct.dfs.core.windows.net/',
      'https://acct.dfs.core.windows.net//lake',
      'https://acct.dfs.core.windows.net/la',
      `https://acct.dfs.core.windows.net/${'l'.repeat(64)}`,
      'https://acct.dfs.core.windows.net/Lake',
      'https://acct.dfs.core.windows.net/$web',
      'https://acct.dfs.core.windows.net/-lake',
      'https://acct.dfs.core.windows.net/lake-',
      'https://acct.dfs.core.windows.net/la--ke',
      'https://acct.dfs.core.windows.net/la_ke',
      'abfss://My%20Lake@acct.dfs.core.windows.net/raw',
      'http://127.0.0.1:10000/devstoreaccount1',
      'https://myonelake.dfs.core.windows.net/My%20Lake',
    ],
  ],
  [
    'https://onelake.dfs.fabric.microsoft.com/<workspace>/<item>/Files/<directory>',
    ['https://onelake.dfs.fabric.microsoft.com/', 'https://onelake.dfs.fabric.microsoft.com/a%00b/L.Lakehouse/Files'],
  ],
  [
    plainLevels,
    [
      `${lake}/../other`,
      `${lake}/raw/../../other`,
      `${lake}/raw/..`,
      `${lake}/./raw`,
      `${lake}/%2e%2e/other`,
      `${lake}/.%2E/other`,
      `${lake}/a%2F..%2Fb`,
      `${lake}/a\\b`,
      `${lake}/a%5Cb`,
      `${lake}/a//b`,
      `${lake}/a.`,
      `${lake}/a%00b`,
      `${lake}/.\n./other`,
      'abfss://lake@acct.dfs.core.windows.net/../other',
      'abfss://lake@acct.dfs.core.windows.net/a/%2e%2e/b',
      'https://onelake.dfs.fabric.microsoft.com/../x/Files',
      'http://127.0.0.1:10000/devstoreaccount1/../other/lake',
    ],
  ],
  [smallDirectory, [`${lake}/${'d'.repeat(601)}`, `${lake}/${Array(51).fill('d').join('/')}`]],
  [escapes, [`${lake}/100%`, `${lake}/%zz`, `${lake}/%ff`]],
  [folder, ['file:', 'file://', 'file://server/share', 'file:./100%', 'file:./a%00b']],
];

describe('readLakeUrl(), refusing', () => {
  for (const [mustBe, urls] of refusals) {
    for (const url of urls) {
      it(`asks for ${mustBe} instead of ${JSON.stringify(url.slice(0, 80))}`, () => {
        const location = readLakeUrl(url);

        assert.deepEqual(location, { kind: 'problem', mustBe });
      });
    }
  }
});
