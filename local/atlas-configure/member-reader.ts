// Reads the members of a JSON object and collects what is wrong with them, so that a person hears of all at once.

export interface MemberReader {
  readonly has: (name: string) => boolean;
  /** A text for which `isAllowed` holds; the empty text where there is none, and then that is a problem. */
  readonly text: (name: string, requirement: string, isAllowed: (text: string) => boolean) => string;
  /** The first choice is the default. */
  readonly choice: <T extends string>(name: string, choices: readonly [T, ...T[]]) => T;
  readonly flag: (name: string, byDefault: boolean) => boolean;
  readonly count: (
    name: string,
    byDefault: number,
    requirement: string,
    isAllowed: (count: number) => boolean,
  ) => number;
  readonly mustBe: (name: string, requirement: string, found?: string) => void;
}

type JsonObject = Readonly<Record<string, unknown>>;

/** `path` leads to the object, such as `watch[0]`; it is empty for the file itself. */
export function memberReader(
  object: JsonObject,
  path: string,
  known: readonly string[],
  problems: string[],
): MemberReader {
  const has = (name: string): boolean => object[name] !== undefined;
  const mustBe = (name: string, requirement: string, found = foundIn(object[name])): void => {
    problems.push(`${JSON.stringify(path === '' ? name : `${path}.${name}`)} must be ${requirement}: ${found}`);
  };

  const unknown = Object.keys(object).filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    const holder = path === '' ? 'lake-sync.json' : JSON.stringify(path);
    problems.push(
      `${holder} must have no members but ${known.map(quoted).join(', ')}: it has ${unknown.map(quoted).join(', ')}`,
    );
  }

  return {
    has,
    mustBe,

    text: (name, requirement, isAllowed) => {
      const value = object[name];
      if (typeof value === 'string' && isAllowed(value)) return value;
      mustBe(name, requirement);
      return '';
    },

    choice: (name, choices) => {
      const value = has(name) ? object[name] : choices[0];
      const chosen = choices.find((choice) => choice === value);
      if (chosen === undefined) mustBe(name, choices.map(quoted).join(' or '));
      return chosen ?? choices[0];
    },

    flag: (name, byDefault) => {
      const value = has(name) ? object[name] : byDefault;
      if (typeof value === 'boolean') return value;
      mustBe(name, 'true or false');
      return byDefault;
    },

    count: (name, byDefault, requirement, isAllowed) => {
      const value = has(name) ? object[name] : byDefault;
      if (typeof value === 'number' && Number.isInteger(value) && isAllowed(value)) return value;
      mustBe(name, requirement);
      return byDefault;
    },
  };
}

export function foundIn(value: unknown): string {
  if (value === undefined) return 'it is missing';
  const text = JSON.stringify(value);
  return `it is ${text.length <= 120 ? text : `${text.slice(0, 120)}…`}`;
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
