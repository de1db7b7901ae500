// Puts a story into a lake and tables. The real receiver writes every event, and the real compaction writes every row.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { command as tablesCommand } from '../../../local/commands/tables.ts';
import { receive } from '../../../shared/http/receive.ts';
import { folderWriter } from '../../../shared/lake/folder/folder-writer.ts';
import { performed } from '../../support/commands.ts';
import { deliveryOf, receiverWith } from '../../support/deliveries.ts';
import type { Wave } from './story.ts';

export interface Places {
  readonly folder: string;
  readonly lake: string;
  readonly tables: string;
  /** Another folder of the test, beside lake and tables. */
  readonly beside: (...names: string[]) => string;
  /** The table of changes of a collection of the shop. */
  readonly changes: (coll: string) => string;
}

export function temporaryPlaces(): Places {
  const folder = mkdtempSync(join(tmpdir(), 'engines-'));
  after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }));
  const tables = join(folder, 'tables');
  return {
    folder,
    lake: join(folder, 'lake'),
    tables,
    beside: (...names) => join(folder, ...names),
    changes: (coll) => join(tables, 'shop', coll),
  };
}

/** Delivers a few events at a time. They become event files or batch files. */
export async function tell(wave: Wave, { lake }: Places, files: 'event' | 'batch' = 'event'): Promise<void> {
  const receiver = receiverWith(folderWriter(lake), { LAKE_FILES: files });
  for (let at = 0; at < wave.length; at += 5) {
    const body = JSON.stringify(wave.slice(at, at + 5));
    const receipt = await receive(deliveryOf(body), receiver, new Date());
    assert(receipt.kind === 'received', receipt.kind);
    for (const event of receipt.events) assert.match(event.outcome, /^(stored|alreadyStored)$/);
  }
}

export async function compactTables({ lake, tables }: Places): Promise<void> {
  const environment = { LAKE_URL: `file:${lake}`, TABLES: 'delta', TABLES_URL: `file:${tables}` };
  const { code, output } = await performed(tablesCommand, environment, 'compact');
  assert.equal(code, 0, output);
}
