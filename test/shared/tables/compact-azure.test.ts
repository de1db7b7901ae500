// Tables in Azure's own protocols: complete runs over the Blob endpoint of Azurite, and over a Data Lake endpoint.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AzureApi } from '../../../shared/lake/azure/azure-pipeline.ts';
import { azureReader } from '../../../shared/lake/azure/azure-reader.ts';
import { azureReplacer } from '../../../shared/lake/azure/azure-replacer.ts';
import { azureWriter } from '../../../shared/lake/azure/azure-writer.ts';
import { compact } from '../../../shared/tables/compact.ts';
import { tableState } from '../../../shared/tables/delta/table-state.ts';
import { emulatorAccount, emulatorKey, startAzurite } from '../../support/azurite.ts';
import { fileSystem, startDfsServer } from '../../support/dfs-server.ts';
import { batchFilesOf, eventFile, insertEvent, type LakeEventFile } from '../../support/lake-events.ts';
import { never } from '../../support/never.ts';
import { allHours } from '../../support/tables.ts';

const access = { kind: 'shared-key', key: emulatorKey } as const;
const stores = [
  { api: 'blob', start: startAzurite },
  { api: 'dfs', start: async () => ({ ...(await startDfsServer()), container: fileSystem }) },
] as const;

describe('compact() in Azure', () => {
  for (const { api, start } of stores)
    it(`puts events, batches and late events into one table, each once: LAKE_API=${api}`, async (t) => {
      const server = await start();
      t.after(server.stop);
      const lake = await lakeAt(server, api);
      await lake.put([
        eventFile(insertEvent({ second: 1 })),
        ...batchFilesOf([2, 3].map((second) => insertEvent({ second }))),
      ]);

      const first = await lake.compact();
      await lake.put([eventFile(insertEvent({ second: 2 })), eventFile(insertEvent({ second: 0 }))]);
      const late = await lake.compact();
      const again = await lake.compact();

      const state = await tableState(lake.reader, 'story-tables/shop/orders', never);
      assert.deepEqual([first.rows, late.rows, again.rows], [3, 1, 0]);
      assert.deepEqual([state.version, state.rows, state.files], [1, 4, 2]);
    });
});

async function lakeAt({ origin, container }: Readonly<Record<'origin' | 'container', string>>, api: AzureApi) {
  const url = `${origin}/${emulatorAccount}/${container}`;
  const location = {
    kind: 'azure',
    account: emulatorAccount,
    container,
    directory: 'story',
    blobUrl: url,
    dfsUrl: url,
  } as const;
  const [reader, writer, replacer] = await Promise.all([
    azureReader(location, access, api),
    azureWriter(location, access, api),
    azureReplacer(location, access, api),
  ]);
  const places = {
    kind: 'delta',
    lake: { reader, directory: 'story' },
    tables: { reader, writer, replacer, directory: 'story-tables' },
  } as const;
  return {
    reader,
    compact: () => compact(places, { range: allHours, isOver: () => false }, never),
    put: async (files: readonly LakeEventFile[]) => {
      for (const { path, content } of files)
        await writer.create(path.replace(/^lake/, 'story'), content, 'application/json', never);
    },
  };
}
