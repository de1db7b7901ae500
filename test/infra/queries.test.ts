import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { root } from '../../local/paths.ts';
import { toHubLogLine } from '../../shared/app/hub-log-line.ts';
import { toTablesLine } from '../../shared/app/run-tables.ts';
import { changeEvents, textOf, withField } from '../support/change-events.ts';
import { temporaryFolder } from '../support/lakes.ts';
import { type RunningReceiver, serveApp } from '../support/running-receiver.ts';
import { bicepFile } from './bicep.ts';
import { readQuery } from './kusto.ts';

const queries = globSync('infra/queries/*.kql', { cwd: root }).map((path) => {
  const text = readFileSync(join(root, path), 'utf8');
  return { name: basename(path), text, ...readQuery(text) };
});

describe('the queries', () => {
  for (const { name, problems, columns } of queries)
    it(`are valid Kusto on the table of Application Insights: ${name}`, () => {
      assert.deepEqual(problems, []);
      assert(Object.keys(columns).length > 0);
      assert(!Object.values(columns).includes('unknown'));
    });

  it('read only fields that the receiver writes', async (t) => {
    const lines = await writtenLines(t);
    const written = new Set(lines.flatMap((line) => Object.keys(line)));

    for (const { name, fields } of queries)
      assert.deepEqual(
        fields.filter((field) => !written.has(field)),
        [],
        name,
      );

    assert(queries.length >= 15);
    assert(queries.every(({ text, fields }) => fields.length > 0 === text.includes('\nAppTraces\n')));
  });

  it('find the lines by their beginning', async (t) => {
    const messages = (await writtenLines(t)).map((line) => JSON.stringify(line));
    const ofLines = queries.filter(({ text }) => text.includes('\nAppTraces\n'));
    const beginnings = ofLines.flatMap(({ text }) =>
      [...text.matchAll(/Message startswith_cs '([^']+)'/g)].map(([, beginning = '']) => beginning),
    );

    assert.equal(beginnings.length, ofLines.length);
    for (const beginning of beginnings)
      assert(
        messages.some((message) => message.startsWith(beginning)),
        beginning,
      );
  });

  it('look for messages that the receiver writes', async (t) => {
    const { text = '' } = queries.find(({ name }) => name === 'alert-failed.kql') ?? {};
    const asked = [...text.matchAll(/line\.message (?:==|in) \(?([^),]*'[^)]*)\)?,/g)].flatMap(([, list = '']) =>
      [...list.matchAll(/'([^']+)'/g)].map(([, message]) => message),
    );

    const written = new Set((await writtenLines(t)).map(({ message }) => message));
    // They have alerts of their own.
    written.delete('tables');
    // A choice of the operator, logged once at the start. It is no fault.
    for (const message of written) if (String(message).startsWith('signatures are off')) written.delete(message);

    assert.deepEqual([...written].sort(), [...new Set(asked)].sort());
  });

  it('find mistakes in their names: of a column, of a function, of a word', () => {
    const { text = '' } = queries.find(({ name }) => name === 'lag.kql') ?? {};

    assert.match(readQuery(text.replace('TimeGenerated', 'TimeGenerate')).problems.join(), /TimeGenerate/);
    assert.match(readQuery(text.replace('percentile(', 'percentil(')).problems.join(), /percentil/);
    assert.notEqual(readQuery(text.replace('summarize', 'summarise')).problems.length, 0);
  });

  it("give each alert's measured column, and the time of its window if that is not past", () => {
    const { text } = bicepFile('infra/app/alerts.bicep').tree;
    const rules = [
      ...text.matchAll(/queries\/(alert-[\w-]+\.kql)'[^\n]*\n\s+column: '(\w+)'.*?\n {4}range: ([^\n]*)/gs),
    ];

    for (const [, file, column = '', range] of rules) {
      const { columns = {} } = queries.find(({ name }) => name === file) ?? {};
      assert.match(columns[column] ?? '', /^(long|real)$/, file);
      assert.equal(columns['TimeGenerated'], range === 'null' ? 'datetime' : undefined, file);
    }
    assert.equal(rules.length, queries.filter(({ name }) => name.startsWith('alert-')).length);
  });

  it('leave only the alert of silence on until a person resolves it', () => {
    const { text } = bicepFile('infra/app/alerts.bicep').tree;
    const ranges = [...text.matchAll(/queries\/(alert-[\w-]+)\.kql'.*?\n {4}range: ([^\n]*)/gs)];

    assert.match(text, /autoMitigate: item\.range == null\n/);
    assert.deepEqual(
      ranges.filter(([, , range]) => range !== 'null').map(([, name]) => name),
      ['alert-silence', 'alert-tables-silence'],
    );
  });

  it('take no body for refused that the sender sends again', () => {
    const { text = '' } = queries.find(({ name }) => name === 'alert-refused.kql') ?? {};

    assert.match(text, /isempty\(line\.problem\) or line\.problem in \('busy', 'incomplete-body'\), 0, 1\)/);
  });

  it('contain the text that an alert replaces by its hours', () => {
    const [, wanted = ''] =
      /replace\(loadTextContent\('..\/queries\/alert-silence.kql'\), '([^']+)'/.exec(
        bicepFile('infra/app/alerts.bicep').tree.text,
      ) ?? [];

    assert.equal(queries.find(({ name }) => name === 'alert-silence.kql')?.text.split(wanted).length, 2);
  });
});

let lines: Promise<readonly Record<string, unknown>[]> | undefined;

/** The built app's log in three cases: success, refused or failed events, and wrong settings. */
function writtenLines(t: TestContext): Promise<readonly Record<string, unknown>[]> {
  lines ??= logOf(t);
  return lines;
}

async function logOf(t: TestContext): Promise<readonly Record<string, unknown>[]> {
  const well = await serveApp(t, { LAKE_URL: `file:${await temporaryFolder(t)}` });
  // Nothing listens on port 9.
  const unwell = await serveApp(t, {
    LAKE_URL: 'http://127.0.0.1:9/account/lake',
    STORAGE_ACCOUNT_KEY: Buffer.alloc(64).toString('base64'),
  });
  const wrong = await serveApp(t, { LAKE_URL: 'lake' });

  await well.post(textOf(changeEvents.insert));
  await well.post(textOf(withField(changeEvents.insert, 'operationType', 5)));
  await well.post('no JSON');
  await unwell.post(textOf(changeEvents.insert));
  await fetch(`${unwell.url}/api/health`);
  await wrong.post(textOf(changeEvents.insert));

  const logs = await Promise.all([linesOf(well, 3), linesOf(unwell, 2), linesOf(wrong, 1)]);
  return [...logs.flat(), hubLine(), tablesLine()];
}

/** The log of a run of the tables with a broken table and an unreadable file. */
function tablesLine(): Record<string, unknown> {
  const counts = { tables: 1, rows: 1, lateRows: 0, filesRead: 1, bytes: 1, conflicts: 0, left: 0, daysLeft: 0 };
  const collection = { db: 'shop', coll: 'orders' };
  const broken = [{ ...collection, reason: 'r' }];
  const unreadable = [{ ...collection, path: 'p', hour: '2026-11-20T10', reason: 'r' }];
  const report = { ...counts, oldestLeftMs: 0, broken, unreadable };
  return JSON.parse(toTablesLine(report, { requests: 1, seconds: 1, nowMs: 1 }));
}

/** The log of the event hub's function after an invocation that failed and refused. */
function hubLine(): Record<string, unknown> {
  const invocation = { namespace: 'ns', hub: 'hub', consumerGroup: '$Default', partition: '0', messages: [] };
  const events = [
    { outcome: 'refused', refusal: { code: 'not-json', field: '' }, reason: 'r' },
    { outcome: 'failed', event: undefined, fault: 'f' },
  ] as const;
  const times = { startedMs: 0, endedMs: 1, storageMs: null };
  return JSON.parse(toHubLogLine(invocation, { events, skipped: 0, left: 0 }, times));
}

async function linesOf(app: RunningReceiver, count: number): Promise<Record<string, unknown>[]> {
  const lines = await app.logged(/\{"message"/, count);
  return lines.map((line) => JSON.parse(line.slice(line.indexOf('{'))));
}
