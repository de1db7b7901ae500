// A lake, a dump beside it, and the commands that load and compare them.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { runLoad } from '../../local/load/run-load.ts';
import { tokenTime } from '../../local/load/snapshot-token.ts';
import type { Progress } from '../../local/progress.ts';

import type { VerifyOptions } from '../../local/verify/read-verify-options.ts';
import { runVerify } from '../../local/verify/run-verify.ts';
import { receive } from '../../shared/http/receive.ts';
import { folderWriter } from '../../shared/lake/folder/folder-writer.ts';
import { deliveryOf, now, receiverWith } from './deliveries.ts';
import { temporaryFolder } from './lakes.ts';
import { never } from './never.ts';

export async function loaded(t: TestContext, lines: readonly string[]) {
  const world = await worldOf(t, {});
  await world.dump(lines);
  await world.load();
  return world;
}

export async function worldOf(t: TestContext, settings: Readonly<Record<string, string>>) {
  const folder = await temporaryFolder(t);
  const file = join(folder, 'dump.json');
  const environment = {
    LAKE_URL: `file:${join(folder, 'lake')}`,
    TABLES_URL: `file:${join(folder, 'tables')}`,
    ...settings,
  };
  const written: string[] = [];
  const noted: string[] = [];
  const terminal = {
    write: (line: string) => written.push(line),
    note: (line: string) => void noted.push(line),
    progress: { update: () => undefined, end: () => undefined },
    signal: never,
  };
  let increment = 0;
  return {
    folder,
    environment,
    /** The options that name the collection and its dump. */
    given: ['--namespace', 'shop.orders', '--file', file],
    written,
    noted,
    dump: (lines: readonly string[]) => writeFile(file, lines.join('\n')),
    load: ({ shardKey }: { readonly shardKey?: string } = {}) =>
      runLoad(
        { files: [file], namespace: 'shop.orders', at: '2026-11-20T10:00:00Z', shardKey, url: undefined },
        environment,
        terminal,
      ),
    verify: (
      changed: Partial<VerifyOptions> = {},
      ask?: () => Promise<boolean>,
      onStep: Progress['update'] = () => undefined,
    ) =>
      runVerify(
        {
          files: [file],
          expect: undefined,
          namespace: 'shop.orders',
          at: undefined,
          shardKey: undefined,
          json: false,
          repair: false,
          yes: false,
          ...changed,
        },
        environment,
        { ...terminal, progress: { ...terminal.progress, update: onStep }, ask },
      ),
    change: async (operationType: string, _id: unknown, fullDocument: unknown, seconds = 1_795_169_730) => {
      increment++;
      const event = {
        _id: { _data: `${tokenTime(seconds)}0000000${increment}2B04` },
        operationType,
        clusterTime: { $timestamp: { t: seconds, i: increment } },
        ns: { db: 'shop', coll: 'orders' },
        ...(_id === undefined ? {} : { documentKey: { _id } }),
        fullDocument,
      };
      const receiver = receiverWith(folderWriter(join(folder, 'lake')), settings);
      await receive(deliveryOf(JSON.stringify(event)), receiver, now);
    },
  };
}
