// docs/deploy.md and the pages that it links to. Every word of a copied command must exist.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { root } from '../../local/paths.ts';
import { bicepFile, childrenOf, descendantsOf } from '../infra/bicep.ts';
import { brokenLinks } from '../support/markdown-links.ts';

const pages = ['docs/deploy.md', 'infra/README.md', 'docs/decisions/010-azure-resources.md', 'README.md'] as const;
const text = read('docs/deploy.md');
const main = bicepFile('infra/main.bicep').tree;

describe('docs/deploy.md', () => {
  it('gives only parameters of infra/main.bicep', () => {
    const commands = [text, read('README.md'), read('docs/stream-processing.md')].join('\n');
    const inCommands = [...commands.matchAll(/--parameters ([^\n#]+)/g)].flatMap(([, list = '']) =>
      list.split(/\s+(?=\w+=)/),
    );
    const inText = [...commands.matchAll(/`(\w+=(?:true|false))`/g)].map(([, parameter = '']) => parameter);
    const given = [...inCommands, ...inText].map((parameter) => parameter.split('=')[0] ?? '');

    assert.deepEqual(
      given.filter((name) => !declared('parameter_declaration').has(name)),
      [],
    );
    assert(given.length >= 9);
  });

  it('reads only outputs of infra/main.bicep', () => {
    const outputs = declared('output_declaration');
    const read = [...text.matchAll(/outputs\.(\w+)\.value/g), ...text.matchAll(/<(\w+[A-Z]\w+)>/g)].map(
      ([, name = '']) => name,
    );

    for (const name of [...read, 'synapseSql']) assert(outputs.has(name), name);
    assert(read.length >= 4);
  });

  it('sets for azd the variables of infra/main.parameters.json, under their names', () => {
    const asked = new Set([...read('infra/main.parameters.json').matchAll(/\$\{(\w+)[}=]/g)].map(([, name]) => name));
    const set = [...text.matchAll(/azd env set (\w+)/g)].map(([, name]) => name);

    for (const name of set) assert(asked.has(name), name);
    assert(set.length >= 5);
  });

  it("uses the vault's name of the secret", () => {
    const [, name] = /var signingSecretName = '([\w-]+)'/.exec(main.text) ?? [];

    for (const [, used] of text.matchAll(/az keyvault secret \w[\w-]* --vault-name <vault> --name ([\w-]+)/g))
      assert.equal(used, name);
    assert(text.includes(`/config/configreferences/appsettings`));
  });

  it('runs only npm commands of package.json', () => {
    const { scripts } = JSON.parse(read('package.json'));

    for (const page of pages)
      for (const [, script = ''] of read(page).matchAll(/npm run ([\w:]+)/g)) assert(script in scripts, script);
  });

  for (const page of pages)
    it(`has no broken link: ${page}`, () => {
      assert.deepEqual(brokenLinks(pathToFileURL(join(root, page))), []);
    });
});

function declared(type: string): ReadonlySet<string> {
  return new Set(descendantsOf(main, type).map((node) => childrenOf(node)[0]?.text ?? ''));
}

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}
