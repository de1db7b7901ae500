// Plants defects, one at a time, in a copy of the sources, and reports the tests that see them. If no test sees a
// defect, its promise is not tested.
import { execFile } from 'node:child_process';
import { globSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../../local/paths.ts';
import { lanesOf } from '../../local/testing/lanes.ts';
import { type Defect, defects } from './defects.ts';

const copied = [
  'atlas-app',
  'docs',
  'functions',
  'infra',
  'local',
  'shared',
  'test',
  'host.json',
  'package.json',
  'README.md',
];
/** A defect can make a test wait for ever, or stop a process. */
const testMs = 60_000;
const runMs = 180_000;

/** The built code that tests run. */
const builds = { buildAtlasFunctions: 'local/atlas-functions.ts', buildBundle: 'local/build.ts' } as const;
/** What was built with a defect, or before one. */
const stale = new Set<Build>();

const only = process.argv[2];
const chosen = defects.filter(({ name }) => only === undefined || name.includes(only));
if (chosen.length === 0) {
  console.error(`Cannot plant: a defect must be named: none has "${only}" in its name`);
  process.exit(1);
}
const copy = await mkdtemp(join(tmpdir(), 'mutants-'));
try {
  for (const name of copied) await cp(join(root, name), join(copy, name), { recursive: true });
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'), 'junction');
  process.exitCode = (await plantAll()) ? 0 : 1;
} finally {
  await rm(copy, { recursive: true, force: true });
}

async function plantAll(): Promise<boolean> {
  const survived: string[] = [];
  for (const [at, defect] of chosen.entries()) {
    const caughtBy = await plant(defect);
    if (caughtBy.length === 0) survived.push(defect.name);
    const verdict = caughtBy.length === 0 ? 'NOT CAUGHT' : `caught by ${told(caughtBy)}`;
    console.log(`${String(at + 1).padStart(2)}  ${defect.name}\n    ${defect.file}: ${verdict}`);
  }
  console.log(`\n${chosen.length - survived.length} of ${chosen.length} defects are caught`);
  return survived.length === 0;
}

function told(tests: readonly string[]): string {
  const [first = ''] = tests;
  return tests.length === 1 ? `"${first}"` : `"${first}" and ${tests.length - 1} more`;
}

/** The names of the tests that fail with the defect. */
async function plant({ file, is, becomes, tests }: Defect): Promise<string[]> {
  const path = join(copy, file);
  const sound = await readFile(path, 'utf8');
  if (sound.split(is).length !== 2) throw new Error(`Cannot plant: ${file} must have this once: ${is}`);
  await writeFile(
    path,
    sound.replace(is, () => becomes),
  );
  try {
    stale.add(buildOf(file));
    for (const one of stale) await build(one);
    return await failing(tests);
  } finally {
    await writeFile(path, sound);
    // Built again before the tests of the next defect.
    stale.add(buildOf(file));
  }
}

type Build = keyof typeof builds;

function buildOf(file: string): Build {
  return file.startsWith('atlas-app/') ? 'buildAtlasFunctions' : 'buildBundle';
}

async function build(name: Build): Promise<void> {
  const module = pathToFileURL(join(copy, builds[name]));
  const { code, output } = await node(['-e', `import('${module}').then((m) => m.${name}())`]);
  if (code !== 0) throw new Error(`Cannot build: ${name}() must succeed with each defect: ${output}`);
  stale.delete(name);
}

/** One lane after the other. If the files of the first lane see the defect, no process has to start. */
async function failing(tests: readonly string[]): Promise<string[]> {
  const files = tests.flatMap((test) =>
    test.endsWith('.ts') ? [test] : globSync(`${test}/**/*.test.ts`, { cwd: copy }),
  );
  for (const [lane, ofLane] of lanesOf(copy, files)) {
    const seen = await failingIn([lane === 'own process' ? '--test' : 'local/testing/load-files.ts', ...ofLane]);
    if (seen.length > 0) return seen;
  }
  return [];
}

async function failingIn(args: readonly string[]): Promise<string[]> {
  const flags = ['--test-reporter=tap', '--test-force-exit', `--test-timeout=${testMs}`];
  const { output, code, isEndless } = await node([...flags, ...args]);
  const names = [...output.matchAll(/^\s*not ok \d+ - (.*)$/gm)].map(([, name = '']) => name);
  // A suite fails with its tests, so only the innermost name counts. A file that does not load also sees the defect.
  const inner = names.filter((name) => !/\.test\.ts$/.test(name));
  if (isEndless && names.length === 0) return [`no end of ${args.at(-1)}`];
  if (code !== 0 && names.length === 0) throw new Error(`Cannot run ${args.join(' ')}: ${output.slice(-500)}`);
  return inner.length > 0 ? inner : names;
}

function node(args: readonly string[]): Promise<{ code: number; output: string; isEndless: boolean }> {
  return new Promise((resolve) => {
    const options = { cwd: copy, timeout: runMs, killSignal: 'SIGKILL', maxBuffer: 1e8 } as const;
    execFile(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], options, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : 1, output: stdout + stderr, isEndless: error?.killed === true }),
    );
  });
}
