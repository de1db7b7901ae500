import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DumpFault } from '../../../local/dump/dump-fault.ts';
import { idList } from '../../../local/dump/id-list.ts';

const ids = ['1', '{"$oid":"56e1fc72e0c917e9c4714161"}', '"a ] } , \\" é"', 'null', '{"k":[1,{"l":"]"}]}', '-1.5e3'];

describe('idList()', () => {
  for (const [name, text] of [
    ['one line', `[${ids.join()}]`],
    ['an editor on Windows', `\ufeff[${ids.join(',\r\n')}]`],
    ['a line for each', `\n[\n  ${ids.join(' ,\n  ')}\n]\n`],
  ] as const)
    it(`reads ids of ${name} in pieces of any size`, async () => {
      for (const size of [1, 7, 1000]) assert.deepEqual(await textsOf(text, size), ids);
    });

  for (const empty of ['[]', ' [ ] \n']) {
    it(`finds no id in ${JSON.stringify(empty)}`, async () => {
      assert.deepEqual(await textsOf(empty, 2), []);
    });
  }

  it('gives the ids of a piece before it reads the next one: a long list does not fit in memory', async () => {
    let pieces = 0;
    async function* endless() {
      yield Buffer.from('[0');
      for (;;) {
        pieces++;
        yield Buffer.from(`,${pieces}`);
      }
    }

    for await (const [id] of idList(endless())) if (id?.toString() === '8') break;

    assert.equal(pieces, 9);
  });

  const broken: readonly (readonly [string, string])[] = [
    ['', 'its beginning'],
    ['{"_id":1}', 'its beginning'],
    ['5', 'its beginning'],
    ['[1', 'its end'],
    ['["a', 'its end'],
    ['[1] 2', 'its end'],
    ['[1,]', 'element 2'],
    ['[,1]', 'element 1'],
    ['[1,,2]', 'element 2'],
    ['[1 2]', 'element 1'],
    ['[1}', 'element 1'],
    ['\ufeff', 'its beginning'],
    ['\ufeff\ufeff[1]', 'its beginning'],
    ['[1,\ufeff2]', 'element 2'],
    ['[{"a":1,}]', 'element 1'],
    ['[1,ObjectId("56e1fc72e0c917e9c4714161")]', 'element 2'],
  ];
  for (const [text, place] of broken)
    it(`names the place of what is no array of ids: ${text}`, async () => {
      for (const size of [1, 1000])
        await assert.rejects(textsOf(text, size), (error) => error instanceof DumpFault && error.place === place);
    });
});

async function textsOf(text: string, size: number): Promise<string[]> {
  const texts: string[] = [];
  for await (const read of idList(cut(Buffer.from(text), size))) texts.push(...read.map((id) => id.toString().trim()));
  return texts;
}

async function* cut(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
