// What a person sees on the status page, in a real browser.
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import type { Browser } from 'puppeteer-core';
import { buildBundle } from '../../local/build.ts';
import { hourFolder } from '../../shared/events/lake-path.ts';
import { pathName } from '../../shared/lake/path-name.ts';
import { temporaryFolder } from '../support/lakes.ts';
import { serveApp, startReceiver } from '../support/running-receiver.ts';
import { type Look, launchBrowser, openPage, textOf, violationsOn } from './support/browser.ts';

const looks: readonly Look[] = [
  { theme: 'light' },
  { theme: 'dark' },
  { theme: 'light', width: 360 },
  { theme: 'dark', width: 360 },
];

describe('the status page', () => {
  let browser: Browser;
  before(async () => {
    await buildBundle();
    browser = await launchBrowser();
  });
  after(async () => await browser?.close());

  it('plays the sample by a button, lists its deliveries, and opens a file by keyboard', async (t) => {
    const { page, complaints } = await openPage(browser, await laptop(t));
    assert.match(await textOf(page, '#arrivals'), /No events yet/);

    await page.focus('#sample');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#arrivals tbody tr:nth-child(9)');

    assert.equal(await textOf(page, '#played'), '9 events sent: 8 stored, 1 already stored.');
    await page.waitForSelector('[data-name="sample_mflix.movies"]');
    assert.match(await textOf(page, '#totals'), /Events\s+8\s/);
    await page.focus('#arrivals tbody tr:last-child [data-path]');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#file[open]');
    assert.match(await textOf(page, '#file-text'), /"operationType": "insert".*"title": "The Great Train Robery"/s);
    await page.keyboard.press('Escape');
    await page.waitForSelector('#file:not([open])');
    assert.equal(await page.evaluate('document.activeElement.dataset.path !== undefined'), true);
    assert.deepEqual(complaints, []);
  });

  it('shows deliveries that come while it is open, without a reload', async (t) => {
    const url = await laptop(t);
    const { page } = await openPage(browser, url);

    await fetch(url.replace('/api/status', '/local/sample'), { method: 'POST' });

    await page.waitForSelector('#arrivals tbody tr:nth-child(9)');
  });

  for (const look of looks) {
    it(`is accessible, and as wide as its window: ${look.theme}, ${look.width ?? 1280} px`, async (t) => {
      const url = await laptop(t);
      await fetch(url.replace('/api/status', '/local/sample'), { method: 'POST' });
      const { page, complaints } = await openPage(browser, url, look);

      const wide = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');

      assert.deepEqual(await violationsOn(page), []);
      assert.equal(wide, 0);
      assert.deepEqual(complaints, []);
    });
  }

  it('shows an empty lake, without what only a laptop has', async (t) => {
    const app = await serveApp(t, { LAKE_URL: `file:${await temporaryFolder(t)}` });
    const { page, complaints } = await openPage(browser, `${app.url}/api/status`);

    assert.match(await textOf(page, '#totals'), /No events in the last 24 hours/);
    assert.match(await textOf(page, '#collections'), /The lake has no collections yet/);
    assert.deepEqual([await textOf(page, '#arrivals'), await textOf(page, '#tools')], ['', '']);
    assert.deepEqual(await violationsOn(page), []);
    assert.deepEqual(complaints, []);
  });

  it('shows a lake that fails', async (t) => {
    const key = Buffer.alloc(32).toString('base64');
    const app = await serveApp(t, { LAKE_URL: 'http://127.0.0.1:9/account/lake/events', STORAGE_ACCOUNT_KEY: key });
    const { page } = await openPage(browser, `${app.url}/api/status`);

    assert.match(await textOf(page, '#problems'), /The lake does not answer/);
    assert.match(await textOf(page, '#head'), /Lake cannot be listed/);
    assert.deepEqual(await violationsOn(page), []);
  });

  it('says when the receiver does not answer any more', async (t) => {
    const receiver = await startReceiver(t, { LAKE_URL: `file:${await temporaryFolder(t)}` });
    const { page } = await openPage(browser, `${receiver.url}/api/status`);

    await receiver.stop();

    await page.waitForFunction("document.querySelector('#refreshed').innerText.includes('does not answer')");
  });

  it('shows 500 collections, names with markup among them, and finds one by its name', async (t) => {
    const folder = await temporaryFolder(t);
    const names = [
      '<script>alert(1)</script>',
      '"><b>&amp;',
      ...Array.from({ length: 498 }, (_, index) => `c${index}`),
    ];
    await Promise.all(names.map((name) => writeEvent(folder, name)));
    const app = await startReceiver(t, { LAKE_URL: `file:${folder}` });
    const { page, complaints } = await openPage(browser, `${app.url}/api/status`);
    await page.waitForFunction("document.querySelectorAll('#collections tbody tr .spark').length === 500");

    await page.type('#filter', '<script>');

    const shown = await page.evaluate(
      "[...document.querySelectorAll('[data-name]')].filter((row) => !row.hidden).length",
    );
    assert.equal(shown, 1);
    assert.match(await textOf(page, '#collections'), /shop\.<script>alert\(1\)<\/script>/);
    assert.equal(await page.evaluate("document.querySelectorAll('script').length"), 1);
    assert.deepEqual(complaints, []);
  });

  async function laptop(t: TestContext): Promise<string> {
    const receiver = await startReceiver(t, { LAKE_URL: `file:${await temporaryFolder(t)}` });
    return `${receiver.url}/api/status`;
  }
});

async function writeEvent(lake: string, coll: string): Promise<void> {
  const seconds = String(Math.floor(Date.now() / 1000)).padStart(10, '0');
  const folder = join(lake, 'shop', pathName(coll), hourFolder(Date.now()));
  const file = join(folder, `change-${seconds}-0000000001-0123456789abcdef.json`);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, '{}\n');
}
