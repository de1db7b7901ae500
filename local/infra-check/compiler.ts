// Finds the Bicep compiler of this machine: `bicep` itself, or the one of the Azure CLI.
import { execFile } from 'node:child_process';

export interface Outcome {
  readonly code: number;
  readonly output: string;
}

export interface Compiler {
  readonly name: string;
  readonly version: string;
  readonly build: (file: string, out: string) => Promise<Outcome>;
  readonly lint: (file: string) => Promise<Outcome>;
  readonly snapshot: (parametersFile: string) => Promise<Outcome>;
}

type Environment = Readonly<Record<string, string | undefined>>;

export async function findCompiler(environment: Environment): Promise<Compiler | undefined> {
  for (const { name, first, fileOption } of kinds) {
    const call = (args: readonly string[]): Promise<Outcome> => run(name, [...first, ...args], environment);
    const version = await call(first.length === 0 ? ['--version'] : ['version']);
    if (version.code !== 0) continue;
    return {
      name: [name, ...first].join(' '),
      version: /\d+\.\d+\.\d+/.exec(version.output)?.[0] ?? 'of unknown version',
      build: (file, out) => call(['build', ...fileOption, file, '--outfile', out]),
      lint: (file) => call(['lint', ...fileOption, file]),
      snapshot: (file) => call(['snapshot', ...fileOption, file, '--mode', 'overwrite', ...deployment]),
    };
  }
  return undefined;
}

const kinds = [
  { name: 'bicep', first: [], fileOption: [] },
  { name: 'az', first: ['bicep'], fileOption: ['--file'] },
] as const;

/** The deployment of a snapshot. It does not exist. */
const deployment = [
  ...['--tenant-id', '00000000-0000-0000-0000-000000000001'],
  ...['--subscription-id', '00000000-0000-0000-0000-000000000002'],
  ...['--resource-group', 'lake-sync', '--location', 'westeurope', '--deployment-name', 'check'],
];

/** A missing program has code 127, as in a shell. On Windows only a shell finds programs. */
function run(program: string, args: readonly string[], env: Environment): Promise<Outcome> {
  return new Promise((resolve) => {
    const options = { env: { ...env }, shell: process.platform === 'win32', maxBuffer: 64 * 1_048_576 };
    execFile(program, [...args], options, (error, stdout, stderr) => {
      const output = `${stdout}${stderr}`;
      if (error === null) resolve({ code: 0, output });
      else resolve({ code: typeof error.code === 'number' ? error.code : 127, output });
    });
  });
}
