import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative, sep } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { compiledValidator } from '../../local/bundle.ts';
import { concurrently } from '../../shared/async/concurrently.ts';
import { receive } from '../../shared/http/receive.ts';
import { changeEvents, type EventFields, heat, textOf, withField } from '../support/change-events.ts';
import { deliveryOf, now, receiverWith } from '../support/deliveries.ts';
import { temporaryFolder } from '../support/lakes.ts';
import { memoryLake } from '../support/memory-lake.ts';
import { type StoredFiles, witness } from '../support/witness.ts';

const { insert, update } = changeEvents;
const elsewhere = withField(changeEvents.delete, 'ns', { db: 'sample_mflix', coll: 'shows' });

const modes = [
  { name: 'a single event, in a lake that is not there yet', settings: {}, events: [update], isLakeThere: false },
  {
    name: 'an array that has an event twice',
    settings: { LAKE_LAYOUT: 'flat' },
    events: [insert, insert],
    isLakeThere: true,
  },
  {
    name: 'an array with LAKE_FILES=batch',
    settings: { LAKE_LAYOUT: 'flat', LAKE_FILES: 'batch' },
    events: [insert, elsewhere, update, insert],
    isLakeThere: true,
  },
];

/** Long enough for a writer to be taken for dead. */
const minutes = 61;

describe('a process that is killed at each step of its writing to a folder', () => {
  let programs: string;
  before(async () => {
    programs = await builtPrograms();
  });
  after(() => rm(programs, { recursive: true }));

  for (const { name, settings, events, isLakeThere } of modes) {
    it(`leaves no half file of ${name}, and another process completes it`, async (t) => {
      const folder = await temporaryFolder(t);
      const lakeOf = async (killedAt: number): Promise<string> => {
        const lake = join(folder, `killed-at-${killedAt}`, 'lake');
        await mkdir(isLakeThere ? lake : dirname(lake), { recursive: true });
        return lake;
      };
      const { steps } = await deliver(settings, lookedUp(events, 1), [await lakeOf(0)]);
      const deaths = await concurrently([...steps.keys()], 4, async (index) => {
        const lake = await lakeOf(index + 1);
        const watch = witness();
        watch.expect(await filesSent(settings, lookedUp(events, 1)));
        const ended = await deliver(settings, lookedUp(events, 1), [lake], index + 1).catch((error) => error.signal);
        assert.equal(ended, 'SIGKILL', steps[index]);
        watch.look(await publishedIn(lake), []);
        // Every other time the next process comes late enough to clear up.
        const leftovers = await leftoversIn(lake);
        if (index % 2 === 0) await age(leftovers);
        return { step: `${index + 1} of ${steps.length}: ${steps[index]}`, lake, watch, leftovers };
      });

      const { answers } = await deliver(
        settings,
        lookedUp(events, 2),
        deaths.map(({ lake }) => lake),
      );

      for (const [index, { step, lake, watch, leftovers }] of deaths.entries()) {
        const answer = answers[index];
        assert.equal(answer?.status, 200, step);
        watch.expect(await filesSent(settings, lookedUp(events, 2)));
        watch.look(await publishedIn(lake), answer.events);
        watch.lookAtLast(await publishedIn(lake));
        assert.deepEqual(await leftoversIn(lake), index % 2 === 0 ? [] : leftovers, step);
      }
      t.diagnostic(`${deaths.length} crash points`);
    });
  }

  interface Delivered {
    readonly answers: readonly { readonly status: number; readonly events: [] }[];
    readonly steps: readonly string[];
  }

  /** In a process of its own. Rejects with the signal that ended it where it dies at a step. */
  async function deliver(settings: object, body: Uint8Array, lakes: readonly string[], dieAt = 0): Promise<Delivered> {
    const [stepTrace, program] = ['step-trace.mjs', 'deliver.mjs'].map((file) => join(programs, file));
    const args = ['--import', `${stepTrace}`, `${program}`, JSON.stringify(settings), String(body), ...lakes];
    const env = { ...process.env, DIE_AT: `${dieAt}`, NODE_COMPILE_CACHE: programs };
    const { stdout } = await promisify(execFile)(process.execPath, args, { env });
    return Object.assign(
      {},
      ...stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    );
  }
});

/** In one file each: there will be a hundred processes, and most of the time of each would go into loading. */
async function builtPrograms(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'programs-'));
  const support = join(import.meta.dirname, '..', 'support');
  const banner = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";
  await build({
    entryPoints: ['deliver', 'step-trace'].map((program) => join(support, `${program}.ts`)),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    banner: { js: banner },
    plugins: [compiledValidator],
    minifyWhitespace: true,
  });
  return folder;
}

/** Each delivery looks the document of an update up again. */
function lookedUp(events: readonly EventFields[], delivery: number): Uint8Array {
  const sent = events.map((event) => withField(event, 'fullDocument', { ...heat, delivery }));
  return textOf(sent.length === 1 ? sent[0] : sent);
}

async function filesSent(settings: Record<string, string>, body: Uint8Array) {
  const lake = memoryLake();
  await receive(deliveryOf(body), receiverWith(lake, settings), now);
  return lake.files;
}

async function filesIn(lake: string): Promise<string[]> {
  const entries = await readdir(lake, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
}

/** Everything that a reader's pattern can match, also in folders with a leading dot. */
async function publishedIn(lake: string): Promise<StoredFiles> {
  const files = (await filesIn(lake)).filter((file) => /\.jsonl?$/.test(file));
  const read = files.map(async (file) => {
    const path = relative(lake, file).split(sep).join('/');
    return [path, { bytes: await readFile(file), commits: 1 }] as const;
  });
  return new Map(await Promise.all(read));
}

async function leftoversIn(lake: string): Promise<string[]> {
  return (await filesIn(lake)).filter((file) => !/\.jsonl?$/.test(file)).sort();
}

async function age(files: readonly string[]): Promise<void> {
  const then = Date.now() / 1000 - minutes * 60;
  for (const file of files) await utimes(file, then, then);
}
