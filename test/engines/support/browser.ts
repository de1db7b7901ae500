// A real Chromium without a window. It is the one of CHROME_PATH, or one on the PATH.
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import axe from 'axe-core';
import puppeteer, { type Browser, type Page } from 'puppeteer-core';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];

export interface Look {
  readonly theme?: 'light' | 'dark';
  readonly width?: number;
}

export interface OpenedPage {
  readonly page: Page;
  /** The complaints of the browser: errors of scripts, and violations of the content security policy. */
  readonly complaints: string[];
}

export async function launchBrowser(): Promise<Browser> {
  // Chromium has no sandbox when root runs it, as in a container. /dev/shm can be small there.
  const args = ['--no-sandbox', '--disable-dev-shm-usage'];
  return await puppeteer.launch({ executablePath: chromium(), args });
}

function chromium(): string {
  const { CHROME_PATH, PATH = '' } = process.env;
  const onPath = PATH.split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)));
  const found = [CHROME_PATH ?? '', ...onPath].find((file) => file !== '' && isExecutable(file));
  if (found === undefined)
    throw new Error(
      'Cannot test the status page: Chromium must be installed (apt-get install chromium) or in CHROME_PATH',
    );
  return found;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export async function openPage(
  browser: Browser,
  url: string,
  { theme = 'light', width = 1280 }: Look = {},
): Promise<OpenedPage> {
  const page = await browser.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (['error', 'warn'].includes(message.type())) complaints.push(message.text());
  });
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: theme }]);
  await page.setViewport({ width, height: 900 });
  await page.goto(url);
  return { page, complaints };
}

/** Returns the violations that axe finds, for people who use a screen reader or a keyboard, or need contrast. */
export async function violationsOn(page: Page): Promise<readonly string[]> {
  // The debugger is used, because the content security policy does not apply to it.
  await page.evaluate(axe.source);
  const found: unknown = await page.evaluate(
    'axe.run().then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ": " + html.slice(0, 200))))',
  );
  return Array.isArray(found) ? found.map(String) : [String(found)];
}

export async function textOf(page: Page, selector: string): Promise<string> {
  return String(await page.evaluate(`document.querySelector(${JSON.stringify(selector)})?.innerText ?? ''`));
}
