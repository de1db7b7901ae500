// Examples for both makers of snapshot events. They have one rule: docs/lake.md, "The token of a snapshot event".
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../local/paths.ts';

export interface SnapshotToken {
  readonly db: string;
  readonly coll: string;
  readonly seconds: number;
  /** Canonical Extended JSON. */
  readonly documentKey: Readonly<Record<string, unknown>>;
  readonly token: string;
}

export function snapshotTokens(): readonly SnapshotToken[] {
  return JSON.parse(readFileSync(join(root, 'test/fixtures/snapshot-tokens.json'), 'utf8'));
}
