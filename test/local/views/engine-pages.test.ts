// Checks docs/read-the-lake.md and docs/tables.md: the commands, options, views, columns and files that they name
// exist.
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { Command } from '../../../local/command.ts';
import { command as query } from '../../../local/commands/query.ts';
import { command as tables } from '../../../local/commands/tables.ts';
import { command as views } from '../../../local/commands/views.ts';
import { root } from '../../../local/paths.ts';
import { engines } from '../../../local/views/engine.ts';
import { performed } from '../../support/commands.ts';
import { storeOneOrder } from '../../support/lake-story.ts';
import { temporaryLake } from '../../support/lakes.ts';

const commands: Readonly<Record<string, Command>> = { query, tables, views };
const page = textOf('docs/read-the-lake.md');
const pages = `${page}\n${textOf('docs/tables.md')}`;

describe('the pages on reading', () => {
  it('name commands that exist, with options that they take', () => {
    const found = [...pages.matchAll(/npm run (query|tables|views)\b([^`\n]*)/g)];

    assert(found.length > 20);
    for (const [text, name = '', rest = ''] of found) {
      const { options = [], flags = [], lists = [] } = commands[name] ?? assert.fail(name);
      for (const [, option = ''] of rest.replace(/#.*/, '').matchAll(/ --([a-z][a-z-]*)/g))
        assert(['help', ...options, ...flags, ...lists].includes(option), text);
      const [, engine] = /--engine (\S+)/.exec(rest) ?? [];
      assert(engine === undefined || engines.some((one) => one === engine), text);
    }
  });

  it('name files that exist, and options that scripts and jobs have', () => {
    const paths = [...pages.matchAll(/`(infra\/[\w./-]+)`/g)].map(([, path = '']) => path);
    const sources = globSync('infra/{spark,synapse,fabric}/*.{py,sh}', { cwd: root }).map(textOf).join('\n');
    const ours = [query, tables, views].flatMap(({ options = [], flags = [], lists = [] }) => [
      ...options,
      ...flags,
      ...lists,
    ]);
    const foreign = ['--packages', '--py-files', '--workspace-name', '--name', '--database', '--events'];

    for (const path of paths) assert(existsSync(join(root, path)), path);
    for (const [option, name = ''] of pages.matchAll(/(?<=[\s`])--([a-z][a-z-]*)/g))
      assert(ours.includes(name) || foreign.includes(option) || sources.includes(option), option);
  });

  it('name views and columns that exist', async (t) => {
    const lake = await temporaryLake(t);
    t.after(() => rm(`${lake.folder}-tables`, { recursive: true, force: true }));
    await storeOneOrder(lake);
    const environment = { LAKE_URL: `file:${lake.folder}`, TABLES: 'delta' };
    await performed(tables, environment, 'compact');
    const texts = await Promise.all(
      engines.map(
        async (engine) =>
          (await performed(views, environment, '--engine', engine, '--collection', 'shop.orders')).printed,
      ),
    );
    const written = `${texts.join('\n')}\n${textOf('infra/snowflake/event-files.sql')}`.toLowerCase();

    for (const [name] of page.matchAll(/\borders_[a-z_]+\b/g)) assert(written.includes(name), name);
    for (const [, name = ''] of page.matchAll(/`(_[a-zA-Z_]+)`/g))
      if (!['_fresh', '_latest', '_history', '_2', '_symlink_format_manifest'].includes(name))
        assert(written.includes(name.toLowerCase()), name);
    for (const [, sql = ''] of pages.matchAll(/npm run query -- ["'](SELECT [^"'\n]*)["']/g)) {
      const { code, output } = await performed(query, environment, sql);
      assert.equal(code, 0, `${sql}: ${output}`);
    }
  });

  it('say for each engine what was not run, and how to check it', () => {
    const sections = page.split(/^## /m).slice(1, 8);

    assert.equal(sections.length, 7);
    for (const section of sections) {
      assert.match(section, /\*\*Not run\s+anywhere:\*\*/, section.slice(0, 20));
      assert.match(section, /[Tt]o\s+check (?:it|them|one)/, section.slice(0, 20));
    }
  });
});

function textOf(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}
