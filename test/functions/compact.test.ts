// The timer of the tables in the deployed bundle, beside the receiver.
import assert from 'node:assert/strict';
import { access, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { insertEvent } from '../support/lake-events.ts';
import { temporaryFolder } from '../support/lakes.ts';
import { runWorker, startReceiver } from '../support/running-receiver.ts';

describe('the timer of the tables', () => {
  it('compacts the stored events, and logs one line of counts', async (t) => {
    const folder = await temporaryFolder(t);
    const receiver = await startReceiver(t, { LAKE_URL: `file:${join(folder, 'lake')}`, TABLES: 'delta' });
    const twoHoursAgo = Math.floor(Date.now() / 1000) - 7_200;
    const event = { ...insertEvent(), clusterTime: { $timestamp: { t: twoHoursAgo, i: 1 } } };

    const stored = await receiver.post(JSON.stringify(event));
    const started = await fetch(`${receiver.url}/admin/functions/compact`, { method: 'POST', body: '{}' });
    const [line = ''] = await receiver.logged(/"message":"tables"/);

    assert.deepEqual([stored.status, started.status], [200, 202]);
    const { requests, seconds, bytes, ...counts } = JSON.parse(line.slice(line.indexOf('{')));
    assert.deepEqual(counts, {
      message: 'tables',
      tables: 1,
      rows: 1,
      lateRows: 0,
      filesRead: 1,
      conflicts: 0,
      left: 0,
      daysLeft: 0,
      oldestMissingSeconds: 0,
    });
    assert(requests > 0 && seconds >= 0 && bytes > 0);
    await access(join(folder, 'lake-tables/shop/orders/_delta_log/00000000000000000000.json'));
  });

  it('leaves the running hour alone, unless it runs more often than hourly', async (t) => {
    const folder = await temporaryFolder(t);
    const now = Math.floor(Date.now() / 1000);
    const event = JSON.stringify({ ...insertEvent(), clusterTime: { $timestamp: { t: now, i: 1 } } });
    const rows: number[] = [];
    for (const minutes of ['60', '5']) {
      const environment = { LAKE_URL: `file:${join(folder, minutes)}`, TABLES: 'delta', TABLES_EVERY_MINUTES: minutes };
      const receiver = await startReceiver(t, environment);
      await receiver.post(event);
      await fetch(`${receiver.url}/admin/functions/compact`, { method: 'POST', body: '{}' });
      const [line = ''] = await receiver.logged(/"message":"tables"/);
      rows.push(JSON.parse(line.slice(line.indexOf('{'))).rows);
    }

    // The hour can end between the event and the run.
    assert.deepEqual(rows, new Date(now * 1000).getUTCHours() === new Date().getUTCHours() ? [0, 1] : rows);
  });

  it('is missing if TABLES is off, and no table is written', async (t) => {
    const folder = await temporaryFolder(t);
    const receiver = await startReceiver(t, { LAKE_URL: `file:${join(folder, 'lake')}` });

    const { status } = await fetch(`${receiver.url}/admin/functions/compact`, { method: 'POST', body: '{}' });

    assert.equal(status, 404);
    assert.deepEqual(
      (await readdir(folder)).filter((name) => name.endsWith('-tables')),
      [],
    );
  });

  it('does not keep the receiver from starting under the programming model of Azure', async (t) => {
    const folder = await temporaryFolder(t);
    const worker = await runWorker(t, { LAKE_URL: `file:${join(folder, 'lake')}`, TABLES: 'delta' });

    const { status } = await worker.post(JSON.stringify(insertEvent()));

    assert.equal(status, 200);
  });
});
