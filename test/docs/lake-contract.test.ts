// docs/lake.md is a promise to people who read the lake. The code does exactly what each example shows.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { pickDocument } from '../../shared/events/document.ts';
import { envelopeLine } from '../../shared/events/envelope.ts';
import { type Layout, lakePath } from '../../shared/events/lake-path.ts';
import { typeKeys } from '../../shared/extended-json/typed-value.ts';
import { type DocumentFormat, formats } from '../../shared/format/formats.ts';
import { pathName } from '../../shared/lake/path-name.ts';
import { changeEvents, type EventFields, eventOf, insertOf, readEvent, textOf } from '../support/change-events.ts';
import { codeIn, markdownPage } from '../support/markdown.ts';

const { fences, table } = markdownPage(new URL('../../docs/lake.md', import.meta.url));
const fixtures: ReadonlyMap<string, EventFields> = new Map(Object.entries(changeEvents));
const documentFormats: readonly DocumentFormat[] = ['relaxed', 'canonical', 'simple'];

describe('docs/lake.md', () => {
  const lines = fences('jsonl').flatMap((fence) => fence.trimEnd().split('\n'));

  it('has one line for each operation type', () => {
    const types = lines.map((line) => JSON.parse(line).operationType);

    assert.deepEqual(types, [...fixtures.keys()]);
  });

  for (const line of lines) {
    const type = String(JSON.parse(line).operationType);
    it(`shows the line of ${type} as the receiver writes it`, () => {
      const written = lineOf(fixture(type));

      assert.equal(written, `${line}\n`);
    });
  }

  it('shows one update on several lines, with the content of its line', () => {
    const [shown = ''] = fences('json');

    const written = lineOf(fixture('update'));

    assert.deepEqual(JSON.parse(shown), JSON.parse(written));
    assert.equal(shown.replaceAll(/\s/g, ''), written.trimEnd()); // JSON.parse would change the numbers
  });

  it('explains every field of its lines, the first six in their order', () => {
    const explained = table('field').flatMap(([names = '']) =>
      [...names.matchAll(/`([^`]+)`/g)].map(([, name]) => name),
    );
    const fields = new Set(lines.flatMap((line) => Object.keys(JSON.parse(line))));

    const unexplained = [...fields].filter((field) => !explained.includes(field));

    assert.deepEqual(unexplained, []);
    for (const line of lines) {
      const leading = explained.slice(0, 6).filter((field) => Object.hasOwn(JSON.parse(line), field ?? ''));
      assert.deepEqual(Object.keys(JSON.parse(line)).slice(0, leading.length), leading);
    }
  });

  for (const [type = '', relaxed = '', canonical = '', simple = ''] of table('BSON type')) {
    it(`shows each format of: ${type}`, () => {
      const written = documentFormats.map((format) => valueWritten(codeIn(canonical), format));

      assert.deepEqual(written, [relaxed, canonical, simple].map(codeIn));
    });
  }

  it('shows the formats of every type', () => {
    const shown = table('BSON type').map(([, , canonical = '']) => canonical);

    // A UUID is binary of subtype 04. `$uuid` is a spelling of it, and is in the other table.
    const missing = [...typeKeys].filter(
      (key) => key !== '$uuid' && !shown.some((cell) => cell.startsWith(`\`{"${key}"`)),
    );

    assert.deepEqual(missing, []);
  });

  for (const [sent = '', ...cells] of [...table('sent'), ...table('spelling')]) {
    it(`shows the result of ${sent}`, () => {
      const written = documentFormats.map((format) => valueWritten(codeIn(sent), format));

      assert.deepEqual(written, cells.map(codeIn));
    });
  }

  for (const [name = '', folder = ''] of table('name')) {
    it(`shows the folder of ${name}`, () => {
      const encoded = pathName(JSON.parse(codeIn(name)));

      assert.equal(encoded, codeIn(folder));
    });
  }

  const layouts: readonly Layout[] = ['partitioned', 'flat'];
  for (const [type = '', layoutName = '', path = ''] of table('event')) {
    it(`shows the path of ${type}, ${layoutName}`, () => {
      const layout = layouts.find((known) => known === layoutName) ?? assert.fail(`unknown layout ${layoutName}`);

      const written = lakePath(eventOf(fixture(type)), { directory: 'raw', layout, filePrefix: 'change' });

      assert.equal(written, codeIn(path));
    });
  }

  it('has examples in each of its tables', () => {
    const rows = ['field', 'BSON type', 'spelling', 'sent', 'name', 'event'].map((header) => table(header).length);

    assert.deepEqual(rows, [14, 26, 9, 14, 9, 4]);
  });
});

function fixture(operationType: string): EventFields {
  return fixtures.get(operationType) ?? assert.fail(`there is no fixture of ${operationType}`);
}

function lineOf(fields: EventFields, format: DocumentFormat = 'relaxed'): string {
  return lineFrom(textOf(fields), format);
}

function lineFrom(text: Uint8Array, format: DocumentFormat): string {
  const event = readEvent(text);
  return Buffer.from(envelopeLine(event, pickDocument(event), formats[format])).toString();
}

/** A document's field as the lake has it. It is text, because JSON.parse would change the numbers. */
function valueWritten(sent: string, format: DocumentFormat): string {
  const text = Buffer.from(textOf(insertOf({ value: 'here' })))
    .toString()
    .replace('"here"', sent);
  const [, value = ''] =
    /^{"operationType":"insert","data":{"value":(.*)},"documentKey":/.exec(lineFrom(Buffer.from(text), format)) ?? [];
  return value;
}
