// A value of the corpus, and short ways to write it.
import { Binary } from 'bson';

export interface CorpusValue {
  readonly name: string;
  /** The value's own spelling in each format. The first two are also sent. */
  readonly canonical: string;
  readonly relaxed: string;
  readonly simple: string;
  /** Other spellings that are accepted for it. */
  readonly alsoSentAs?: readonly string[];
  /** The canonical form of the relaxed spelling, if that does not show the type. */
  readonly canonicalOfRelaxed?: string;
  /** The value in `bson`. Absent if `bson` changes it (a date beyond JavaScript's, undefined, a DBPointer). */
  readonly bson?: unknown;
}

export function number(key: string, text: string): CorpusValue {
  return { name: `${key} ${text}`, canonical: `{"${key}":"${text}"}`, relaxed: text, simple: text };
}

export function wrapped(key: string, text: string): CorpusValue {
  const sent = `{"${key}":"${text}"}`;
  return { name: sent, canonical: sent, relaxed: sent, simple: `"${text}"` };
}

export function date(ms: string, relaxed: string, iso: string): CorpusValue {
  const canonical = `{"$date":{"$numberLong":"${ms}"}}`;
  return {
    name: canonical,
    canonical,
    relaxed: `{"$date":${relaxed}}`,
    simple: `"${iso}"`,
    bson: new Date(Number(ms)),
  };
}

export function beyondJavaScript(ms: string, iso: string): CorpusValue {
  const { bson: _, ...exact } = date(ms, `{"$numberLong":"${ms}"}`, iso);
  return exact;
}

export function binary(base64: string, subType: string): CorpusValue {
  const sent = `{"$binary":{"base64":"${base64}","subType":"${subType}"}}`;
  return { ...asSent(sent, Binary.createFromBase64(base64, Number.parseInt(subType, 16))), simple: `"${base64}"` };
}

/** Each format writes it as it is sent, unless the entry has another form. */
export function asSent(text: string, bson?: unknown): CorpusValue {
  return { name: text, canonical: text, relaxed: text, simple: text, ...(bson === undefined ? {} : { bson }) };
}
