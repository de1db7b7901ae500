// The alerts of infra/queries in Kusto on DuckDB, over lines that the receiver wrote, in hours of quiet and of trouble.
// Five other queries need bag_keys, which is missing there: Kusto's own parser reads them, in test/infra/queries.test.ts.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, it } from 'node:test';
import { root } from '../../local/paths.ts';
import { toLogLine } from '../../shared/app/log-line.ts';
import { receive } from '../../shared/http/receive.ts';
import { folderWriter } from '../../shared/lake/folder/folder-writer.ts';
import { changeEvents, textOf, withField } from '../support/change-events.ts';
import { deliveryOf, receiverWith } from '../support/deliveries.ts';
import { runKql } from './support/dialects.ts';
import { temporaryPlaces } from './support/told-lake.ts';

const places = temporaryPlaces();
const queries = globSync('infra/queries/*.kql', { cwd: root }).toSorted();
const hour = 3_600_000;

describe('the queries in Kusto', () => {
  it('run, but for those that need bag_keys', async () => {
    const unsupported: string[] = [];
    for (const file of queries) {
      const result = await runKql(textIn(file), {
        AppTraces: [[timeOf(0.1), await lineOf(textOf(changeEvents.insert))]],
      });
      if ('unsupported' in result) unsupported.push(basename(file));
    }

    assert.deepEqual(
      unsupported,
      queries.filter((file) => textIn(file).includes('bag_keys')).map((file) => basename(file)),
    );
  });

  it('tell of refused events, and only of these', async () => {
    const stored = await lineOf(textOf(changeEvents.insert));
    const refused = await lineOf(textOf(withField(changeEvents.insert, 'operationType', 5)));

    assert.equal(await rowsOf('alert-refused', [[0.1, stored]]), 0);
    assert.equal(
      await rowsOf('alert-refused', [
        [0.1, stored],
        [0.1, refused],
      ]),
      1,
    );
  });

  it('tell of silence only where something should have come', async () => {
    const line = await lineOf(textOf(changeEvents.insert));

    assert.equal(await rowsOf('alert-silence', [[1, line]]), 0);
    // The same hours of the day before were quiet too: a night.
    assert.equal(await rowsOf('alert-silence', [[8, line]]), 0);
    assert.equal(
      await rowsOf('alert-silence', [
        [8, line],
        [26, line],
      ]),
      1,
    );
    // A long silence goes on.
    assert.equal(await rowsOf('alert-silence', [[40, line]]), 1);
  });
});

async function rowsOf(name: string, lines: readonly (readonly [number, string])[]): Promise<number> {
  const rows = lines.map(([hoursAgo, line]) => [timeOf(hoursAgo), line]);
  const result = await runKql(textIn(`infra/queries/${name}.kql`), { AppTraces: rows });
  assert('rows' in result, name);
  return result.rows.length;
}

/** What the receiver logs of a delivery. */
async function lineOf(body: Uint8Array): Promise<string> {
  const receipt = await receive(deliveryOf(body), receiverWith(folderWriter(places.lake)), new Date());
  return toLogLine(receipt, { status: 200, startedMs: 0, endedMs: 1 });
}

function timeOf(hoursAgo: number): string {
  return new Date(Date.now() - hoursAgo * hour).toISOString().slice(0, 19).replace('T', ' ');
}

function textIn(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}
