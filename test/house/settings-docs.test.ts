import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { root } from '../../local/paths.ts';
import { readSettings } from '../../shared/app/settings.ts';
import { ownSettings } from '../support/own-settings.ts';

const own = ownSettings();

describe('the settings', () => {
  it('are those of the README, no more and no less', () => {
    const documented = [...read('README.md').matchAll(/^\| `([A-Z_]+)`/gm)].map(([, name]) => name);

    assert.deepEqual(documented.sort(), own);
  });

  it('are those of local.settings.sample.json, no more and no less', () => {
    const { Values } = JSON.parse(read('local.settings.sample.json'));

    assert.deepEqual(
      Object.keys(Values)
        .filter((name) => !isOfTheRuntime(name))
        .sort(),
      own,
    );
  });

  it('have the defaults that the README and the sample say', () => {
    const { Values } = JSON.parse(read('local.settings.sample.json'));
    const inReadme = [...read('README.md').matchAll(/^\| `([A-Z_]+)` \|.*\| `([^`]+)` \|$/gm)].map(
      ([, name = '', byDefault = '']) => [name, byDefault],
    );

    const withoutAny = readSettings({ LAKE_URL: 'file:./lake' });
    assert.deepEqual(readSettings(Values), withoutAny);
    assert.deepEqual(readSettings({ ...Object.fromEntries(inReadme), LAKE_URL: 'file:./lake' }), withoutAny);
    assert(inReadme.length >= 7);
  });
});

function isOfTheRuntime(name: string): boolean {
  return /^(AzureWebJobs|FUNCTIONS_)/.test(name);
}

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}
