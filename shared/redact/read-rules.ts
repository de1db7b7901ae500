// The text of the setting REDACT → rules, and every problem with it. docs/redaction.md has the grammar.
import { typeKeys } from '../extended-json/typed-value.ts';
import { nameIn, splitAt } from './quoted-names.ts';
import { type Action, isPosition, type Rule } from './rules.ts';

export interface RuleProblem {
  readonly mustBe: string;
  /** The part of the text that is not so. */
  readonly part: string;
}

export interface ReadRules {
  readonly rules: readonly Rule[];
  readonly problems: readonly RuleProblem[];
}

type Problem = (mustBe: string, part: string) => void;

export function readRules(text: string): ReadRules {
  const problems: RuleProblem[] = [];
  const rules = rulesIn(text, (mustBe, part) => problems.push({ mustBe, part: part.trim() }));
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
  // A star that stands for a part of a name would be taken for that name, and its documents would pass.
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
  if (!isNamed) problem('rules of paths such as "card.number": names with dots between', text);
  else if (parts.some((part) => /^(?:\*|\$|\$\[.*)$/.test(part)))
    problem('rules of paths without placeholders: positions in arrays are left out', text);
  else if (parts.some((part) => types.has(part)))
    problem('rules of paths that end above a type of Extended JSON such as "$oid"', text);
  else if (!isQuoted && eventFields.has(path[0] ?? ''))
    problem('rules of paths from the root of the document, not of the event; or in quotes, where it is so', text);
  else return path;
  return undefined;
}

const types: ReadonlySet<string> = typeKeys;

/** What a person puts in front who thinks of a trigger's `project`. It would match nothing, and everything would pass. */
const eventFields = new Set(['fullDocument', 'fullDocumentBeforeChange', 'documentKey', 'updateDescription']);
