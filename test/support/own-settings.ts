import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../local/paths.ts';

/** Settings that the platform sets, or reads too. */
const fromAzure = new Set(['IDENTITY_ENDPOINT', 'MSI_ENDPOINT', 'AZURE_CLIENT_ID']);

/** The names of the receiver's own settings that the code reads. */
export function ownSettings(): string[] {
  const sources = globSync('shared/app/*setting*.ts', { cwd: root }).map((file) =>
    readFileSync(join(root, file), 'utf8'),
  );
  const inCode = [...sources.join('').matchAll(/'([A-Z][A-Z_]{4,})'/g)].map(([, name = '']) => name);
  return [...new Set(inCode)].filter((name) => !fromAzure.has(name)).sort();
}
