// Checks infra/ with Bicep's own compiler, which builds, lints and evaluates it without Azure. A warning counts as an
// error.
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../paths.ts';
import { findCompiler, type Outcome } from './compiler.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Returns the exit code. It is 0 also without a compiler, because no problem was found. */
export async function checkInfra(environment: Environment, write: (line: string) => void): Promise<0 | 1> {
  const compiler = await findCompiler(environment);
  if (compiler === undefined) {
    write('Not checked: neither "bicep" nor "az bicep" is on the PATH. Install one: https://aka.ms/bicep-install');
    return 0;
  }
  write(`Checking infra/ with ${compiler.name} ${compiler.version}`);
  const folder = await mkdtemp(join(tmpdir(), 'infra-check-'));
  try {
    await cp(join(root, 'infra'), join(folder, 'infra'), { recursive: true });
    const main = join(folder, 'infra', 'main.bicep');
    const steps: [string, () => Promise<Outcome>][] = [
      ['build', () => compiler.build(main, join(folder, 'main.json'))],
      ['lint', () => compiler.lint(main)],
      ...snapshots.map((parameters): [string, () => Promise<Outcome>] => [
        `snapshot with ${parameters.slice(-2).join(', ')}`,
        async () => compiler.snapshot(await parametersFile(folder, parameters)),
      ]),
    ];
    let isClean = true;
    for (const [name, step] of steps) {
      const found = problemsIn(await step());
      write(`${found.length === 0 ? 'ok    ' : 'FAILED'} ${name}`);
      for (const problem of found) write(`       ${problem.replaceAll(folder, '')}`);
      isClean &&= found.length === 0;
    }
    return isClean ? 0 : 1;
  } finally {
    await rm(folder, { recursive: true });
  }
}

const lake = ["lakeAccount = 'account'", "lakeContainer = 'lake'"];
const snapshots = [false, true].flatMap((createLake) =>
  [false, true].map((privateNetwork) => [
    ...(createLake ? [] : lake),
    "redact = 'shop.customers: email'",
    "allowedAddresses = ['192.0.2.1', '2001:db8::1']",
    `createLake = ${createLake}`,
    `privateNetwork = ${privateNetwork}`,
  ]),
);

/** Writes the file beside main.bicep, because a parameters file names its template by a relative path. */
async function parametersFile(folder: string, parameters: readonly string[]): Promise<string> {
  await mkdir(join(folder, 'infra'), { recursive: true });
  const file = join(folder, 'infra', 'check.bicepparam');
  const lines = ["using 'main.bicep'", ...parameters.map((parameter) => `param ${parameter}`)];
  await writeFile(file, `${lines.join('\n')}\n`);
  return file;
}

/**
 * Finds diagnostics: `main.bicep(7,1) : Warning BCP081: …`. Other lines, such as news of a release, are not about
 * infra/.
 */
function problemsIn({ code, output }: Outcome): string[] {
  const found = output.split(/\r?\n/).filter((line) => /\) : (?:Warning|Error) [\w-]+:/.test(line));
  return code === 0 || found.length > 0 ? found : [`it ended with code ${code}: ${output.trim().slice(0, 400)}`];
}
