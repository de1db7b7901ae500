// Makes the message for a request that Atlas refuses.
import { recordIn } from '../../shared/json/record.ts';
import { optionalTextAt } from './json.ts';

/** How a message about a request begins: "Cannot <doing>: <must>: …". */
export interface Purpose {
  readonly doing: string;
  readonly must?: string;
}

export interface ApiAnswer {
  readonly status: number;
  readonly text: string;
  /** Valid only if the status asks for a retry. */
  readonly retryAfterSeconds: number;
}

const maxDetail = 500;

export function describeAnswer(answer: ApiAnswer, { doing, must }: Purpose, hidden: readonly string[]): string {
  const said = `Atlas answered ${answer.status}${detailOf(answer.text, hidden)}`;
  return `Cannot ${doing}: ${mustOf(answer.status) ?? must ?? 'Atlas must accept it'}: ${said}`;
}

function mustOf(status: number): string | undefined {
  if (status === 403)
    return 'the API key must have the role Project Owner in the project, and its access list this address';
  if (status === 429) return 'the API key must have requests left (wait, then run the command again)';
  if (status >= 500) return 'Atlas must be able to answer (wait, then run the command again)';
  return undefined;
}

/** Atlas answers `{ error, error_code, link }`. The answer of a proxy can be anything, so it is not shown. */
function detailOf(text: string, hidden: readonly string[]): string {
  const refusal = recordIn(text);
  const [error, code, link] = ['error', 'error_code', 'link'].map((key) => optionalTextAt(refusal, key));
  const parts = [
    code === undefined ? '' : ` (${code})`,
    error === undefined ? '' : `: ${error}`,
    link === undefined ? '' : ` (${link})`,
  ];
  return withoutSecrets(parts.join(''), hidden).slice(0, maxDetail);
}

/** An error can quote the request, which can contain secrets. */
function withoutSecrets(text: string, hidden: readonly string[]): string {
  const clean = hidden.reduce((shown, secret) => shown.replaceAll(secret, '(hidden)'), text);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they could rewrite what the terminal shows.
  return clean.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ');
}
