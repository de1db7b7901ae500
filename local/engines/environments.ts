// Makes the Python environments for real engines, once, beside node_modules. All versions are pinned by hash.
import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CommandError } from '../command.ts';
import { root } from '../paths.ts';
import { addDelta } from './delta-jars.ts';

const run = promisify(execFile);
const folder = join(root, '.engines');
const requirements = join(root, 'test', 'engines', 'requirements');

/** The groups need different versions of DuckDB and pandas, so each has its own environment. */
const environments = {
  spark: 'Spark and Delta, about 330 MB',
  readers: 'delta-rs, pyarrow and DuckDB with its Delta extension, about 180 MB',
  dialects: 'the Snowflake emulator, Kusto on DuckDB and sqlfluff, about 150 MB',
} as const;

export type EnvironmentName = keyof typeof environments;

/** Returns the environment's Python. */
export function pythonOf(name: EnvironmentName): string {
  const [scripts, python] = process.platform === 'win32' ? ['Scripts', 'python.exe'] : ['bin', 'python'];
  return join(folder, name, scripts, python);
}

export async function setUpEnvironments(
  names: readonly EnvironmentName[] = ['spark', 'readers', 'dialects'],
): Promise<void> {
  await assertJava();
  const python = await findPython();
  for (const name of names) await setUp(name, python);
}

async function setUp(name: EnvironmentName, python: string): Promise<void> {
  const marker = join(folder, name, '.installed');
  const wanted = whatIsWanted(name);
  if (existsSync(marker) && readFileSync(marker, 'utf8') === wanted) return;

  console.log(`Setting up ${environments[name]}, once …`);
  rmSync(join(folder, name), { recursive: true, force: true });
  await step(python, '-m', 'venv', join(folder, name));
  if (name === 'spark') await install(name, 'build');
  await install(name, name);
  if (name === 'spark') await addDelta(pythonOf(name), folder);
  writeFileSync(marker, wanted);
}

function whatIsWanted(name: EnvironmentName): string {
  const pins = ['build', name].map((file) => readFileSync(join(requirements, `${file}.txt`)));
  return createHash('sha256').update(Buffer.concat(pins)).digest('hex');
}

/** Installs without build isolation, so that the tools that build a package are pinned too. */
async function install(name: EnvironmentName, file: string): Promise<void> {
  const pins = join(requirements, `${file}.txt`);
  const options = ['--quiet', '--disable-pip-version-check', '--require-hashes', '--no-build-isolation'];
  const bar = process.stdout.isTTY ? options.slice(1) : options;
  await step(pythonOf(name), '-m', 'pip', 'install', ...bar, '--requirement', pins);
}

async function step(command: string, ...args: string[]): Promise<void> {
  const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  const code = await new Promise((resolve) => {
    child.once('exit', resolve).once('error', () => resolve(-1));
  });
  if (code !== 0)
    throw new CommandError(`Cannot set up engines: "${args.slice(0, 3).join(' ')} …" must succeed: see above`);
}

async function findPython(): Promise<string> {
  for (const command of ['python3.11', 'python3', 'python']) {
    const version = await outputOf(command, '-c', 'import sys; print("%d.%d" % sys.version_info[:2])');
    if (version.trim() === '3.11') return command;
  }
  throw new CommandError('Cannot set up engines: Python 3.11 must be installed: install it, and run this again');
}

async function assertJava(): Promise<void> {
  const java = process.env['JAVA_HOME'] === undefined ? 'java' : join(process.env['JAVA_HOME'], 'bin', 'java');
  const version = await outputOf(java, '-version');
  if (!/version "17\./.test(version))
    throw new CommandError(
      `Cannot set up engines: Java 17 must be installed: ${version === '' ? 'there is no java' : `this is ${version.split('\n')[0]}`}`,
    );
}

/** Returns both streams, because Java prints its version on standard error. Empty if the command is missing. */
async function outputOf(command: string, ...args: string[]): Promise<string> {
  try {
    const { stdout, stderr } = await run(command, args);
    return `${stdout}${stderr}`;
  } catch {
    return '';
  }
}
