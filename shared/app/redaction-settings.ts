// The settings REDACT and REDACT_KEY → redactions, or every problem with them.
import { readSecret } from '../http/signature.ts';
import { readRules } from '../redact/read-rules.ts';
import { type Redactions, redactionsOf } from '../redact/rules.ts';
import { isNotSet, isOfAnotherForm, mayBeSecret, type SettingReader } from './setting-reader.ts';

export function readRedactions({ text, mustBe }: SettingReader): Redactions | undefined {
  const rulesText = text('REDACT');
  const keyText = text('REDACT_KEY');
  if (rulesText === undefined) {
    // A key without rules is a mistake, such as a template whose values are missing: it must not turn redaction off.
    if (keyText !== undefined) mustBe('REDACT', 'set beside REDACT_KEY', isNotSet);
    return undefined;
  }
  const key = keyText === undefined ? undefined : readSecret(keyText);
  const found = keyText === undefined ? isNotSet : isOfAnotherForm;
  if (key === undefined) mustBe('REDACT_KEY', '"whsec_" and 24 to 64 bytes in base64, where REDACT is set', found);
  const { rules, problems } = readRules(rulesText);
  for (const problem of problems)
    mustBe(
      'REDACT',
      problem.mustBe,
      mayBeSecret(rulesText) ? isOfAnotherForm : `it has ${JSON.stringify(problem.part)}`,
    );
  return key && redactionsOf(rules, key);
}
