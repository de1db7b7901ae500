// docs/redaction.md shows operators the result of redaction. The code does exactly what each example shows.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, it } from 'node:test';
import { readRules } from '../../../shared/redact/read-rules.ts';
import { redact } from '../../../shared/redact/redact.ts';
import { changeEvents, readEvent, withField } from '../../support/change-events.ts';
import { codeIn, markdownPage } from '../../support/markdown.ts';
import { fieldText, hashedValue, redactedDocument, redactionsFrom, redactSecret } from './redacted.ts';

const { fences, table } = markdownPage(new URL('../../../docs/redaction.md', import.meta.url));
const examples = table('`REDACT`');
const updates = table('`REDACT` \\| `updateDescription`');

describe('docs/redaction.md', () => {
  it('begins with settings that are valid', () => {
    const [, text = ''] = /"REDACT=([^"]+)"/.exec(fences('sh').join()) ?? [];

    const { rules, problems } = readRules(text);

    assert(rules.length > 0);
    assert.deepEqual(problems, []);
  });

  for (const [rules = '', document = '', stored = ''] of examples) {
    it(`says what ${rules} makes of a document`, () => {
      assert.equal(redactedDocument(codeIn(document), codeIn(rules)), codeIn(stored));
    });
  }

  for (const [rules = '', description = '', stored = ''] of updates) {
    it(`says what ${rules} makes of an update`, () => {
      const sent = JSON.stringify(withField(changeEvents.update, 'updateDescription', 'here'));
      const event = readEvent(Buffer.from(sent.replace('"here"', codeIn(description))));

      assert.equal(fieldText(redact(event, redactionsFrom(codeIn(rules))), 'updateDescription'), codeIn(stored));
    });
  }

  for (const [sent = '', hashed = ''] of table('sent')) {
    it(`says what is hashed of ${sent}`, () => {
      const text = Buffer.from(codeIn(sent));
      const digest = createHmac('sha256', redactSecret).update(codeIn(hashed)).digest('hex');

      assert.equal(hashedValue(text, { start: 0, end: text.length }, redactSecret), `"hmac:${digest.slice(0, 32)}"`);
    });
  }

  it('has examples in each of its tables', () => {
    assert.deepEqual([examples.length, updates.length, table('sent').length], [8, 3, 4]);
  });
});
