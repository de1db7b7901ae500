// Reads REDACT and REDACT_KEY, and reports every problem.
import { readSecret } from '../http/signature.ts';
import { type RuleProblem, readRules } from '../redact/read-rules.ts';
import { type Redactions, redactionsOf } from '../redact/rules.ts';
import { hasAnotherForm, is, isNotSet, mayBeSecret, type Protection, type SettingReader } from './setting-reader.ts';

export function readRedactions({ protection, mustBe }: SettingReader): Redactions | undefined {
  const rules = protection('REDACT');
  const key = protection('REDACT_KEY');
  switch (rules.kind) {
    case 'off':
    case 'blank':
      return undefined;
    case 'not-set':
      // A key without rules is a mistake, such as a template without its values. It must not turn redaction off.
      if (key.kind === 'set') mustBe('REDACT', 'set beside REDACT_KEY, or "none"', isNotSet);
      return undefined;
    case 'set':
      return redactionsFrom(rules.text, key, mustBe);
  }
}

function redactionsFrom(text: string, key: Protection, mustBe: SettingReader['mustBe']): Redactions | undefined {
  const secret = key.kind === 'set' ? readSecret(key.text) : undefined;
  const found = key.kind === 'set' ? hasAnotherForm : key.kind === 'off' ? is('none') : isNotSet;
  if (secret === undefined && key.kind !== 'blank')
    mustBe('REDACT_KEY', '"whsec_" and 24 to 64 bytes in base64 if REDACT is set', found);
  const { rules, problems } = readRules(text);
  for (const problem of problems)
    mustBe('REDACT', problem.mustBe, mayBeSecret(text) ? hasAnotherForm : foundIn(problem));
  return secret && redactionsOf(rules, secret);
}

function foundIn({ part, instead }: RuleProblem): string {
  const found = `it has ${JSON.stringify(part)}`;
  return instead === undefined ? found : `${found}: write ${instead}`;
}
