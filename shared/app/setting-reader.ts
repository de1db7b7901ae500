// Reads single settings from the environment. It collects the problems, so that all are reported at once.

export type Environment = Readonly<Record<string, string | undefined>>;

export interface SettingReader {
  readonly problems: readonly string[];
  /** An empty setting counts as not set, because portals and pipelines leave settings empty. */
  readonly text: (name: string) => string | undefined;
  /** A setting that protects. Blank is a problem, because a lost secret must not open the door. `off` means "none". */
  readonly protection: (name: string) => Protection;
  /** A setting with a former name. Both names at once are a problem, because one of them would be ignored. */
  readonly textOf: (name: string, formerName: string) => string | undefined;
  /** The first choice is the default. */
  readonly choice: <T extends string>(name: string, choices: readonly [T, ...T[]]) => T;
  readonly count: (name: string, byDefault: number, max: number) => number;
  readonly mustBe: (name: string, requirement: string, found: string) => void;
}

export type Protection =
  | { readonly kind: 'not-set' }
  | { readonly kind: 'off' }
  | { readonly kind: 'blank' }
  | { readonly kind: 'set'; readonly text: string };

export const isNotSet = 'it is not set';

/** For a value that can be a secret. */
export const hasAnotherForm = 'it has another form';

export function is(value: string): string {
  return mayBeSecret(value) ? hasAnotherForm : `it is ${JSON.stringify(value)}`;
}

/** People paste keys, connection strings and signed addresses into the wrong setting. */
export function mayBeSecret(text: string): boolean {
  return /whsec_|key=|sig=|[a-z0-9+]{32,}|[a-z0-9+/]{30,}(?:=|%3d)/i.test(text);
}

export function settingReader(environment: Environment): SettingReader {
  const problems: string[] = [];
  const text = (name: string): string | undefined => environment[name]?.trim() || undefined;
  const mustBe = (name: string, requirement: string, found: string): void => {
    problems.push(`${name} must be ${requirement}: ${found}`);
  };

  return {
    problems,
    text,
    mustBe,

    protection: (name) => {
      const found = text(name);
      if (found === 'none') return { kind: 'off' };
      if (found !== undefined) return { kind: 'set', text: found };
      if (environment[name] === undefined) return { kind: 'not-set' };
      mustBe(name, 'set, or "none" to turn it off on purpose', 'it is blank');
      return { kind: 'blank' };
    },

    textOf: (name, formerName) => {
      if (text(name) !== undefined && text(formerName) !== undefined)
        mustBe(name, 'set alone', `it is set together with ${formerName}, its former name`);
      return text(name) ?? text(formerName);
    },

    choice: (name, choices) => {
      const found = text(name) ?? choices[0];
      const chosen = choices.find((choice) => choice === found);
      if (chosen === undefined) mustBe(name, choices.map((choice) => JSON.stringify(choice)).join(' or '), is(found));
      return chosen ?? choices[0];
    },

    count: (name, byDefault, max) => {
      const found = text(name) ?? String(byDefault);
      const value = /^\d{1,15}$/.test(found) ? Number(found) : 0;
      if (value < 1 || value > max) mustBe(name, `a whole number from 1 to ${max}`, is(found));
      return value;
    },
  };
}
