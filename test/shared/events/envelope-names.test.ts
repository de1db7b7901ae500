import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { changeEvents, heat, insertOf, tokenOf, withField } from '../../support/change-events.ts';
import { lineOf, lineText } from '../../support/written.ts';

const { insert } = changeEvents;

describe('the field names of envelopeLine()', () => {
  it('renames a field of the event that has a name of the envelope', () => {
    const sent = { ...insert, data: 'own', sequence: 'own too', 'event.data': 'third', 'event.other': 'stays' };

    const line = lineOf(sent);

    assert.deepEqual([line['data'], line['sequence']], [heat, tokenOf(1)]);
    assert.deepEqual(
      [line['event.data'], line['event.sequence'], line['event.event.data'], line['event.other']],
      ['own', 'own too', 'third', 'stays'],
    );
  });

  it('keeps any name in its spelling', () => {
    const text = JSON.stringify(insert).replace(
      /\}$/,
      ',"__proto__":{"a":1},"":[],"a.b":"","\\u0024x":"","d\\u0061ta":"own"}',
    );

    const line = lineText(text);

    assert.match(line, /,"__proto__":\{"a":1\},"":\[\],"a\.b":"","\\u0024x":"","event\.data":"own"\}\n$/);
  });

  it('uses the last of a repeated field, and keeps those inside the document', () => {
    const text = JSON.stringify(insertOf(null)).replace(/\}$/, ',"extra":1,"fullDocument":{"a":1,"a":2},"extra":2}');

    const line = lineText(text);

    assert.match(line, /^\{"operationType":"insert","data":\{"a":1,"a":2\},/);
    assert.match(line, /,"extra":2\}\n$/);
  });

  it('keeps escapes', () => {
    const text = JSON.stringify(withField(insert, 'operationType', 'a"\\\n\u2028é\ud800'));

    assert.equal(JSON.parse(lineText(text)).operationType, 'a"\\\n\u2028é\ud800');
  });

  it('keeps the order of fields that look like integers', () => {
    const text = JSON.stringify(insert).replace(/\}$/, ',"z":"","10":"","9":""}');

    const line = lineText(text);

    assert.match(line, /,"z":"","10":"","9":""\}\n$/);
  });
});
