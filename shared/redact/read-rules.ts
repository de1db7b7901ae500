// Reads the setting REDACT into rules, or into all its problems. docs/redaction.md has the grammar.
import { typeKeys } from '../extended-json/typed-value.ts';
import { nameIn, splitAt } from './quoted-names.ts';
import { type Action, isPosition, type Rule } from './rules.ts';

export interface RuleProblem {
  readonly mustBe: string;
  /** The wrong part of the text. */
  readonly part: string;
  /** The right spelling, if it is clear. */
  readonly instead: string | undefined;
}

export interface ReadRules {
  readonly rules: readonly Rule[];
  readonly problems: readonly RuleProblem[];
}

type Problem = (mustBe: string, part: string, instead?: string) => void;

export function readRules(text: string): ReadRules {
  const problems: RuleProblem[] = [];
  const rules = rulesIn(text, (mustBe, part, instead) => problems.push({ mustBe, part: part.trim(), instead }));
  return { rules, problems };
}

function rulesIn(text: string, problem: Problem): Rule[] {
  const texts = splitAt(text, ';').filter((rule) => rule.trim() !== '');
  if (texts.length === 0) problem('rules such as "shop.customers: email, card.number=mask; *: ssn=hash"', text);
  return texts.flatMap((rule) => {
    const [namespaceText = '', pathsText, ...others] = splitAt(rule, ':');
    if (pathsText === undefined || others.length > 0) {
      problem('rules of a namespace, one colon and paths, with ";" between rules', rule);
      return [];
    }
    const namespace = readNamespace(namespaceText, problem);
    const fields = splitAt(pathsText, ',').flatMap((field) => readField(field, problem));
    return namespace === undefined ? [] : fields.map((field) => ({ namespace, ...field }));
  });
}

function readNamespace(text: string, problem: Problem): string | undefined {
  const name = nameIn(text);
  // A star inside a name would be part of the name. The rule would match nothing.
  if (name === '*' || (name !== undefined && /^[^.*\s]+\.(?:\*|[^*\s][^*]*)$/.test(name))) return name;
  problem('rules for "<database>.<collection>", "<database>.*" or "*"', text);
  return undefined;
}

function readField(text: string, problem: Problem): Pick<Rule, 'path' | 'action'>[] {
  const [pathText = '', actionText, ...others] = splitAt(text, '=');
  const action = actions.find((one) => one === (actionText ?? 'drop').trim());
  const path = readPath(pathText, problem);
  if (action !== undefined && others.length === 0) return path === undefined ? [] : [{ path, action }];
  problem('rules of paths with "=drop", "=mask", "=hash" or nothing behind them', text);
  return [];
}

const actions: readonly Action[] = ['drop', 'mask', 'hash'];

function readPath(text: string, problem: Problem): readonly string[] | undefined {
  const isQuoted = text.trim().startsWith('"');
  const parts = nameIn(text)?.split('.') ?? [];
  const path = parts.filter((part) => !isPosition(part));
  const isNamed = path.length > 0 && (isQuoted || parts.every((part) => part !== '' && part === part.trim()));
  const bare = text.trim();
  if (!isNamed) problem('rules of paths such as "card.number": names with dots between', text);
  else if (parts.some((part) => /^(?:\*|\$|\$\[.*)$/.test(part)))
    problem('rules of paths without placeholders: positions in arrays are left out', text);
  else if (parts.some((part) => types.has(part)))
    problem('rules of paths that end above a type of Extended JSON such as "$oid"', text);
  else if (isQuoted) return path;
  else if (/\[\d*\]/.test(bare))
    problem(`${ofDots}, and positions in arrays left out${orQuoted}`, text, unbracketed(bare));
  else if (bare.includes('/')) problem(`${ofDots}${orQuoted}`, text, bare.replaceAll('/', '.'));
  else if (isOfEvent(path)) problem(`${ofDocument}${orQuoted}`, text, withoutEvent(path).join('.'));
  else return path;
  return undefined;
}

const ofDots = 'rules of paths with dots between names';
const ofDocument = 'rules of paths from the root of the document, not of the event';
const orQuoted = '; or in quotes, where the document has such a name';

/** `tags[0].x` and `tags[].x`: other tools write positions. A path here has none. */
function unbracketed(text: string): string {
  return text.replaceAll(/\[\d*\]/g, '');
}

const types: ReadonlySet<string> = typeKeys;

/** A path that begins with a field of the event or of the file, as in a `project`. It would match nothing. */
function isOfEvent(path: readonly string[]): boolean {
  const [first = ''] = path;
  return eventFields.has(first) || (path.length > 1 && mayBeOfDocument.has(first));
}

function withoutEvent(path: readonly string[]): readonly string[] {
  const from = path.findIndex((part) => !eventFields.has(part) && !mayBeOfDocument.has(part));
  return from < 0 ? ['<field>'] : path.slice(from);
}

const eventFields = new Set(['fullDocument', 'fullDocumentBeforeChange', 'documentKey', 'updateDescription']);
/** A document can have a field `data`. But a path below it is more often a mistake. */
const mayBeOfDocument = new Set(['data', 'updatedFields', 'removedFields', 'truncatedArrays']);
