import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { textTable } from '../../../local/query/text-table.ts';

describe('textTable()', () => {
  const names = ['id', 'title', 'data'];
  const rows = [
    ['1', 'Heat', `{"a":"${'x'.repeat(200)}"}`],
    ['12', 'A line\nbreak \u001b[31m', ''],
  ];

  for (const width of [20, 40, 80, 200])
    it(`fits a terminal of ${width} columns`, () => {
      const lines = textTable(names, rows, width);

      assert(
        lines.slice(0, 4).every((line) => line.length <= width),
        lines.join('\n'),
      );
    });

  it('cuts the widest column, and keeps the others whole', () => {
    const [head, , first, second] = textTable(names, rows, 60, [true]);

    assert.equal(head, 'id  title                     data');
    assert.match(first ?? '', /^ 1 {2}Heat {22}\{"a":"x+…$/);
    assert.equal(second, '12  A line\\nbreak \\u001b[31m');
  });

  it('shows controls of 8 bits, line separators and marks of direction as escapes', () => {
    const [, , row] = textTable(['a'], [['\u009b31m\u007f\u2028\u202e\u2066']], undefined);

    assert.equal(row, '\\u009b31m\\u007f\\u2028\\u202e\\u2066');
  });

  it('counts a wide character as two columns and a combining accent as none, and cuts between characters', () => {
    const texts = ['北京市', '😀😀😀', 'e\u0301te\u0301', 'Größe', 'ﾊﾝｶｸ'];

    const cells = textTable(
      ['a', 'b'],
      texts.map((text) => [text, '|']),
      undefined,
    ).slice(2);
    const narrow = textTable(['abcdef'], [['北京市朝阳'], ['😀😀😀😀']], 6).slice(2);

    assert.deepEqual(cells, ['北京市  |', '😀😀😀  |', 'e\u0301te\u0301     |', 'Größe   |', 'ﾊﾝｶｸ    |']);
    assert.deepEqual(narrow, ['北京…', '😀😀…']);
  });

  it('counts the columns that have no room', () => {
    const many = Array.from({ length: 30 }, (_, index) => `column_${index}`);

    const lines = textTable(many, [many], 80);

    assert.match(lines.at(-1) ?? '', /^\(20 more columns: name them in the SELECT, or take --json\)$/);
  });

  it('cuts nothing where there is no terminal', () => {
    assert.equal(textTable(names, rows, undefined)[2]?.endsWith('x"}'), true);
  });
});
