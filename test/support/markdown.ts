// The parts of a documentation page that tests compare with the code.
import { readFileSync } from 'node:fs';

export interface MarkdownPage {
  readonly text: string;
  /** The code blocks of this language. */
  readonly fences: (language: string) => string[];
  /** The rows of the table with this header in its first column. Its cells must not contain a bar between spaces. */
  readonly table: (header: string) => string[][];
}

export function markdownPage(url: URL): MarkdownPage {
  const page = readFileSync(url, 'utf8').replaceAll('\r\n', '\n');
  return {
    text: page,
    fences: (language) => {
      const fence = new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, 'gms');
      return [...page.matchAll(fence)].map(([, content = '']) => content);
    },
    table: (header) => {
      const [, rows = ''] = new RegExp(`^\\| ${header} \\|.*\n\\|[-|]+\\|\n((?:\\|.*\n)+)`, 'm').exec(page) ?? [];
      return rows
        .trimEnd()
        .split('\n')
        .map((row) => row.slice(2, -2).split(' | '));
    },
  };
}

/** The text between a cell's backticks. */
export function codeIn(cell: string): string {
  const code = /^`(.*)`$/.exec(cell)?.[1];
  if (code === undefined) throw new Error(`Cannot read a cell: it must be code: "${cell}"`);
  return code;
}
