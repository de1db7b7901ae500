// Checks the links of a documentation page.
import { existsSync, readFileSync } from 'node:fs';

/** Links to missing files and headings. Links to other sites are not checked. */
export function brokenLinks(page: URL): string[] {
  const targets = [...textOf(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
  return targets.filter((target) => !/^https?:/.test(target) && !leadsSomewhere(new URL(target, page), page));
}

function leadsSomewhere(target: URL, page: URL): boolean {
  const file = new URL(target.pathname, page);
  if (!existsSync(file)) return false;
  return target.hash === '' || headingsOf(file).includes(target.hash.slice(1));
}

/** In the form of GitHub's anchors. */
function headingsOf(file: URL): string[] {
  const headings = [...textOf(file).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading);
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

function textOf(file: URL): string {
  return readFileSync(file, 'utf8').replaceAll('\r\n', '\n');
}
