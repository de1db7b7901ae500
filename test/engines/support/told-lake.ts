// The story in a lake: every event went through the real receiver.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { receive } from '../../../shared/http/receive.ts';
import { folderWriter } from '../../../shared/lake/folder/folder-writer.ts';
import { deliveryOf, receiverWith } from '../../support/deliveries.ts';
import type { Wave } from './story.ts';

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'engines-'));
  after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }));
  return folder;
}

/** In deliveries of a few events: single ones, and arrays that become batch files. */
export async function tell(wave: Wave, lake: string, files: 'event' | 'batch' = 'event'): Promise<void> {
  const receiver = receiverWith(folderWriter(lake), { LAKE_FILES: files });
  for (let at = 0; at < wave.length; at += 5) {
    const body = JSON.stringify(wave.slice(at, at + 5));
    const receipt = await receive(deliveryOf(body), receiver, new Date());
    assert(receipt.kind === 'received', receipt.kind);
    for (const event of receipt.events) assert.match(event.outcome, /^(stored|alreadyStored)$/);
  }
}
