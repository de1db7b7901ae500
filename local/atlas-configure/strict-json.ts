// Reads strict JSON, and finds the place of an error. JSON.parse decides. esbuild finds the line, and repeated names.
import { type Message, transform } from 'esbuild';

export type StrictJson =
  | { readonly kind: 'parsed'; readonly value: unknown }
  | { readonly kind: 'invalid'; readonly problems: readonly string[] };

export async function parseStrictJson(text: string): Promise<StrictJson> {
  // Some Windows editors add this invisible mark.
  const json = text.replace(/^\uFEFF/, '');
  const { errors, warnings } = await findings(json);
  const repeated = warnings.filter(({ id }) => id === 'duplicate-object-key');
  try {
    const value: unknown = JSON.parse(json);
    if (repeated.length === 0) return { kind: 'parsed', value };
    return {
      kind: 'invalid',
      problems: repeated.map((one) => `lake-sync.json must name each member once: ${said(one)}`),
    };
  } catch (error) {
    const [found = error instanceof Error ? error.message : String(error)] = errors.map(said);
    return { kind: 'invalid', problems: [`lake-sync.json must be JSON: ${found}`] };
  }
}

async function findings(json: string): Promise<{ errors: readonly Message[]; warnings: readonly Message[] }> {
  try {
    const { warnings } = await transform(json, { loader: 'json', logLevel: 'silent' });
    return { errors: [], warnings };
  } catch (error) {
    if (!isBuildFailure(error)) throw error;
    return error;
  }
}

function isBuildFailure(error: unknown): error is { errors: readonly Message[]; warnings: readonly Message[] } {
  return error instanceof Error && 'errors' in error && Array.isArray(error.errors) && 'warnings' in error;
}

function said({ text, location }: Message): string {
  return location === null ? text : `line ${location.line}, column ${location.column + 1}: ${text}`;
}
