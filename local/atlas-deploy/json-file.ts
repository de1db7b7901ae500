// Reads files of the app folder.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { reasonOf } from '../command.ts';
import { FormError } from './json.ts';

export function readJson(folder: string, file: string): unknown {
  const text = readText(folder, file);
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) throw new FormError(`${file} must be JSON: it has a syntax error`);
    throw error;
  }
}

export function readText(folder: string, file: string): string {
  try {
    return readFileSync(join(folder, file), 'utf8');
  } catch (error) {
    throw new FormError(`${join(folder, file)} must be a file that can be read: ${reasonOf(error)}`);
  }
}
