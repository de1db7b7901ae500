import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, it } from 'node:test';
import { root } from '../../local/paths.ts';
import { bicepFile } from './bicep.ts';
import { readQuery } from './kusto.ts';

interface Item {
  readonly type: number;
  readonly name: string;
  readonly content: Readonly<Record<string, unknown>>;
}

const workbook = JSON.parse(readFileSync(join(root, 'infra/workbook.json'), 'utf8'));
const items: readonly Item[] = workbook.items;
const panels = items.filter(({ type }) => type === 3);

describe('the workbook', () => {
  it('has a panel for each query, and in each panel the name of a query', () => {
    const files = globSync('infra/queries/*.kql', { cwd: root }).map((path) => basename(path));

    assert.deepEqual(
      panels.map(({ content }) => content['query']).sort(),
      files.filter((file) => !file.startsWith('alert-')).sort(),
    );
  });

  it('gets the text of the file for each of these names', () => {
    const { text } = bicepFile('infra/app/workbook.bicep').tree;
    const loaded = [...text.matchAll(/'([\w-]+\.kql)': loadTextContent\('..\/queries\/([\w-]+\.kql)'\)/g)];

    assert.deepEqual(loaded.map(([, name]) => name).sort(), panels.map(({ content }) => content['query']).sort());
    for (const [, name, file] of loaded) assert.equal(file, name);
  });

  it('gives every panel the workspace and the time range of the person', () => {
    const range = items.find(({ type }) => type === 9)?.content['parameters'];

    assert.partialDeepStrictEqual(range, [{ name: 'TimeRange', type: 4 }]);
    for (const { content } of panels)
      assert.partialDeepStrictEqual(content, {
        version: 'KqlItem/1.0',
        queryType: 0,
        resourceType: 'microsoft.operationalinsights/workspaces',
        timeContextFromParameter: 'TimeRange',
      });
  });

  it('draws lines over time only of rows with a time', () => {
    for (const { content } of panels) {
      const { columns } = readQuery(readFileSync(join(root, 'infra/queries', String(content['query'])), 'utf8'));

      assert.equal('TimeGenerated' in columns, content['visualization'] !== 'table', String(content['query']));
    }
  });

  it('names each of its parts once', () => {
    assert.equal(new Set(items.map(({ name }) => name)).size, items.length);
  });
});
