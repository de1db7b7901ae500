// People read docs/operate.md in a hurry. So its names exist, its links work, and its figures follow from its formulas.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { secretVariables } from '../../local/atlas-deploy/deploy-environment.ts';
import { cleanups } from '../../local/doctor/cleanups.ts';
import { examine } from '../../local/doctor/examine.ts';
import { hubNames } from '../../local/doctor/hub/hub-checks.ts';
import { root } from '../../local/paths.ts';
import { toLogLine } from '../../shared/app/log-line.ts';
import { checksOf } from '../support/checks.ts';
import { deployedAtlas } from '../support/doctor.ts';
import { codeIn, markdownPage } from '../support/markdown.ts';
import { brokenLinks } from '../support/markdown-links.ts';

const address = new URL('../../docs/operate.md', import.meta.url);
const { table, fences, text } = markdownPage(address);
const run = promisify(execFile);

describe('docs/operate.md', () => {
  it('has no broken link', () => {
    assert.deepEqual(brokenLinks(address), []);
    assert.deepEqual(brokenLinks(new URL('../../README.md', import.meta.url)), []);
  });

  it('names only commands of package.json, with options that they have', async () => {
    const { scripts } = JSON.parse(read('package.json'));
    const named = [...text.matchAll(/npm (?:run )?([a-z][a-z:]+)(?: -- ((?:--[a-z]+ ?)+))?/g)];

    for (const [, name = '', options = ''] of named) {
      assert(name in scripts, `npm run ${name}`);
      for (const option of options.trim().split(' ').filter(Boolean))
        assert(read(`local/commands/${name.replace(':', '-')}.ts`).includes(option), `npm run ${name} -- ${option}`);
    }
    assert(named.length > 10);
    for (const option of ['--json', '--wait', '--probe', '--url'])
      assert(text.includes(option) && read('local/commands/doctor.ts').includes(option), option);
  });

  it('names only settings and variables that some code reads', () => {
    const sources = globSync('{shared,local}/**/*.ts', { cwd: root }).map(read).join('');
    const named = new Set([...text.matchAll(/\b((?:[A-Z]+_)+[A-Z]+)\b/g)].map(([, name = '']) => name));

    for (const name of named) assert(sources.includes(name), name);
    for (const name of ['LAKE_URL', 'SIGNING_SECRETS', 'RECEIVER_KEY', ...secretVariables.values()])
      assert(named.has(name) || name === 'LAKE_RECEIVER_KEY', name);
  });

  it('names functions of the app folder, members of lake-sync.json and fields of the outbox that exist', () => {
    const functions = ['forwardChangeEvent', 'bufferChangeEvent', 'drainOutbox', 'requeueRefused'];
    const called = [...text.matchAll(/--name ([a-z]\w*[A-Z]\w*)/g)].map(([, name = '']) => name);
    assert(called.length >= 2 && called.every((name) => functions.includes(name)), called.join());

    const { properties } = JSON.parse(read('atlas-app/lake-sync.schema.json')).properties.watch.items;
    for (const member of ['ordered', 'function', 'preImages']) {
      assert(text.includes(`"${member}"`), member);
      assert(member in properties, member);
    }
    const sender = globSync('atlas-app/src/*.ts', { cwd: root }).map(read).join('');
    for (const field of ['state', 'reason', 'tries', 'dueAt'])
      assert(text.includes(field) && sender.includes(field), field);
    assert(sender.includes("'atlas_lake_sync'") && text.includes('use atlas_lake_sync'));
  });

  it('explains each field of the log line, and no other', () => {
    const outcomes = [
      { outcome: 'refused', refusal: { code: 'missing', field: '_id' } } as const,
      {
        outcome: 'failed',
        path: 'p',
        fault: 'f',
        event: { operationType: 'o', db: 'd', coll: 'c', eventMs: 0, digest: 'd' },
      } as const,
    ];
    const times = { status: 503, startedMs: 0, endedMs: 1 };
    const received = JSON.parse(toLogLine({ kind: 'received', events: outcomes, bytes: 1, storageMs: 1 }, times));
    const turnedAway = JSON.parse(toLogLine({ kind: 'busy' }, times));

    const fields = table('field').flatMap(([cell = '']) => cell.split(', ').map(codeIn));
    assert.deepEqual(fields.sort(), [...new Set([...Object.keys(received), ...Object.keys(turnedAway)])].sort());
  });

  it('explains the checks that the doctor makes, all of them, and no other', async (t) => {
    const { api, folder } = await deployedAtlas(t);
    const secret = `whsec_${randomBytes(32).toString('base64')}`;
    const settings = {
      LAKE_URL: `file:${folder}`,
      TABLES: 'delta',
      SIGNING_SECRETS: secret,
      LAKE_SIGNING_SECRET: secret,
    };
    const examination = {
      environment: { ...api.environment, ...settings },
      appFolder: folder,
      url: 'http://127.0.0.1:9',
      probe: { database: 'shop', collection: 'orders' },
      waitSeconds: 1,
      cleanups: cleanups(),
      onProgress: () => undefined,
    };

    const made = (await checksOf(examine(examination))).map(({ name }) =>
      name.replace(/^(trigger|options of|documents of) .*/, '$1 …'),
    );

    const explained = table('check').flatMap(([cell = '']) => cell.split(', ').map(codeIn));
    // The checks of a hub would ask Azure, so only their names are used here.
    assert.deepEqual(explained.sort(), [...new Set([...made, ...Object.values(hubNames)])].sort());
  });

  it('explains each alert', () => {
    const alerts = globSync('infra/queries/alert-*.kql', { cwd: root }).map(
      (file) => /alert-([\w-]+)\.kql$/.exec(file)?.[1],
    );

    assert(alerts.length >= 6);
    for (const alert of alerts) assert.match(text, new RegExp(`^\\*\\*${alert}\\*\\*: `, 'm'));
  });

  it('has shell commands without a syntax error', async () => {
    const scripts = fences('sh');

    assert(scripts.length >= 5);
    for (const script of scripts) await run('bash', ['-n', '-c', script.replaceAll(/<[^>\n]+>/g, 'filled-in')]);
  });

  describe('"What it costs"', () => {
    const prices = new Map(table('price').map(([, symbol = '', dollars = '']) => [codeIn(symbol), Number(dollars)]));
    const price = (symbol: string): number => prices.get(symbol) ?? Number.NaN;
    const million = 1_000_000;
    const atlasOf = (waitSeconds: number): number => price('call') + ((million * waitSeconds) / 3600) * price('hour');

    it('has a source and a day for each price', () => {
      assert.match(text, /looked up on 2026-\d\d-\d\d/);
      for (const [what = '', , , source = ''] of table('price'))
        assert.match(source, /^\[\w+\]\(https:|^the same$/, what);
    });

    for (const [n = '', files = '', side = '', ...figures] of table('n'))
      it(`has figures that follow from the formula: ${n} events in a request, ${files} files, ${side} side by side`, () => {
        const requests = million / Number(n);
        const filesOfRequest = files === 'event' ? Number(n) : 1;
        const seconds = 0.05 * Math.ceil(filesOfRequest / 32);
        const atlas = atlasOf(n === '1' ? 0.1 : 0.02);
        const executions = (requests / million) * price('execution');
        const compute = ((requests * Math.max(1, seconds)) / Number(side)) * 2 * price('gbs');
        const storage = ((requests * filesOfRequest) / 10_000) * price('write');

        const computed = [atlas, executions, compute, storage, atlas + executions + compute + storage];
        assert.deepEqual(
          figures,
          computed.map((dollars) => dollars.toFixed(2)),
        );
      });

    it('computes the volume from which Stream Processing is cheaper', () => {
      const compute = atlasOf(0.1) - price('call');
      const free = (25 * 30.4) / ((million * 0.1) / 3600);
      const volume =
        (price('sp10') + price('call') * ((50_000 * 30.4) / million) + compute * free) / (price('call') + compute);

      assert(text.includes(`= ${compute.toFixed(3)} a million`) && text.includes(`= ${free.toFixed(2)} million`));
      assert(text.includes(`= ${volume.toFixed(1)}\n`), String(volume));
      const perSecond = (volume * million) / (30.4 * 86_400);
      assert(
        text.includes(`About ${Math.round(volume)} million events a month, ${Math.round(perSecond)} a second`),
        String(perSecond),
      );
    });

    it('shows in its table that Stream Processing is never cheaper than large batches', () => {
      const [, , , , executions = '', compute = '', storage = ''] =
        table('n').find(([n, , side]) => n === '1' && side === '16') ?? [];
      const azure = Number(executions) + Number(compute) + Number(storage);
      const batched =
        table('n')
          .find(([n, files]) => n === '100' && files === 'batch')
          ?.at(-1) ?? '';

      assert(
        text.includes(`Azure alone costs ${azure.toFixed(2)} a million events`) &&
          text.includes(`The whole costs ${batched} in batches`),
      );
      assert(azure > Number(batched));
    });
  });
});

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}
