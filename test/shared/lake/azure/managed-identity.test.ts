import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { type DfsServer, fileSystem, startDfsServer } from '../../../support/dfs-server.ts';
import { bodyOf, type StorageFront, startFront } from '../../../support/storage-faults.ts';
import { startTokenServer, type TokenServer } from '../../../support/token-server.ts';

const run = promisify(execFile);
const support = join(import.meta.dirname, '../../../support');
const fixtures = join(import.meta.dirname, '../../../fixtures');
const certFile = join(fixtures, 'storage-fake.cert.pem');

describe('a lake opened with a managed identity', () => {
  let tokens: TokenServer;
  let dfs: DfsServer;
  let blob: StorageFront;
  before(async () => {
    const [cert, key] = await Promise.all([readFile(certFile), readFile(join(fixtures, 'storage-fake.key.pem'))]);
    tokens = await startTokenServer();
    dfs = await startDfsServer({ cert, key });
    blob = await startFront(
      async (request) => {
        await bodyOf(request);
        return { status: 201, headers: {} };
      },
      { cert, key },
    );
  });
  after(() => Promise.all([tokens, dfs, blob].map(({ stop }) => stop())));

  it("sends the token of the system's identity to the Blob endpoint", async () => {
    const { result } = await writeFrom(blob, { ...tokens.environment });

    assert.equal(result, 'created');
    assert.deepEqual(sentTo(blob), [`PUT ${hostOf('blob', blob)} Bearer token-of-the-system`]);
  });

  it('sends the token of the identity in AZURE_CLIENT_ID, only to the Data Lake endpoint', async () => {
    const chosen = { AZURE_CLIENT_ID: '11111111-2222-3333-4444-555555555555', LAKE_API: 'dfs' };

    const { result } = await writeFrom(dfs, { ...tokens.environment, ...chosen });

    const token = `Bearer token-of-${chosen.AZURE_CLIENT_ID}`;
    assert.equal(result, 'created');
    assert.deepEqual(
      sentTo(dfs),
      ['PUT', 'PATCH', 'PATCH'].map((method) => `${method} ${hostOf('dfs', dfs)} ${token}`),
    );
  });

  it('is not loaded for a lake with a shared key', async () => {
    const asked = tokens.requests.length;

    const { result, isIdentityLoaded } = await writeFrom(blob, { ...tokens.environment, STORAGE_ACCOUNT_KEY: 'a2V5' });

    assert.equal(result, 'created');
    assert.equal(isIdentityLoaded, false);
    assert.equal(tokens.requests.length, asked);
    assert.match(`${blob.requests.at(-1)?.headers.authorization}`, /^SharedKey account:/);
  });

  it('loads the identity library', async () => {
    const { isIdentityLoaded } = await writeFrom(blob, { ...tokens.environment });

    assert.equal(isIdentityLoaded, true);
  });
});

async function writeFrom({ origin }: StorageFront, environment: Readonly<Record<string, string>>) {
  const lakeUrl = `https://account.dfs.core.windows.net:${new URL(origin).port}/${fileSystem}`;
  const env = { PATH: process.env['PATH'] ?? '', NODE_EXTRA_CA_CERTS: certFile, LAKE_URL: lakeUrl, ...environment };
  const program = ['--import', join(support, 'loopback-names.ts'), join(support, 'lake-writer.ts')];
  const { stdout } = await run(process.execPath, program, { env });
  const said: { readonly result: string; readonly isIdentityLoaded: boolean } = JSON.parse(stdout);
  return said;
}

function sentTo({ requests }: StorageFront): string[] {
  return requests.map(({ method, headers }) => `${method} ${headers.host} ${headers.authorization}`);
}

function hostOf(endpoint: string, { origin }: StorageFront): string {
  return `account.${endpoint}.core.windows.net:${new URL(origin).port}`;
}
