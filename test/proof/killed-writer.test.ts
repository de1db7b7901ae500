import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, utimes } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { compiledValidator } from '../../local/bundle.ts';
import { concurrently } from '../../shared/async/concurrently.ts';
import { receive } from '../../shared/http/receive.ts';
import { toResponse } from '../../shared/http/response.ts';
import { folderWriter } from '../../shared/lake/folder/folder-writer.ts';
import { changeEvents, type EventFields, heat, textOf, withField } from '../support/change-events.ts';
import { deliveryOf, now, receiverWith } from '../support/deliveries.ts';
import { untilStep } from '../support/disk-steps.ts';
import { temporaryFolder } from '../support/lakes.ts';
import { memoryLake } from '../support/memory-lake.ts';
import { type SentEvent, type StoredFiles, witness } from '../support/witness.ts';

interface Mode {
  readonly name: string;
  readonly settings: Record<string, string>;
  readonly events: readonly EventFields[];
  readonly isLakeThere: boolean;
}

const { insert, update } = changeEvents;
const elsewhere = withField(changeEvents.delete, 'ns', { db: 'sample_mflix', coll: 'shows' });

const modes: readonly Mode[] = [
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

/** After this time, a writer counts as dead. */
const minutes = 61;

describe('a writer to a folder that dies at each of its steps on the disk', () => {
  for (const { name, settings, events, isLakeThere } of modes) {
    it(`leaves no half file of ${name}, and the next writer completes it`, async (t) => {
      const folder = await temporaryFolder(t);
      const lakes = lakesIn(folder, isLakeThere);
      const whole = await lakes(0);
      const { steps } = await untilStep(0, () => deliver(settings, lookedUp(events, 1), whole));
      const killed = isLakeThere ? [] : firstOfEachKind(steps);
      const program = killed.length > 0 ? await builtProgram(folder) : [];

      await concurrently([...steps.keys()], 4, async (index) => {
        const step = `${index + 1} of ${steps.length}: ${steps[index]}`;
        const lake = await lakes(index + 1);
        const watch = witness();
        watch.expect(await filesSent(settings, lookedUp(events, 1)));
        const dying = killed.includes(index)
          ? await kill(program, settings, lookedUp(events, 1), lake, index + 1)
          : (await untilStep(index + 1, () => deliver(settings, lookedUp(events, 1), lake))).kind;
        assert.equal(dying, killed.includes(index) ? 'SIGKILL' : 'died', step);
        watch.look(await publishedIn(lake), []);
        // Every second time, the next writer comes late enough to clean up.
        const leftovers = await leftoversIn(lake);
        if (index % 2 === 0) await age(leftovers);

        const { status, events: answered } = await deliver(settings, lookedUp(events, 2), lake);

        assert.equal(status, 200, step);
        watch.expect(await filesSent(settings, lookedUp(events, 2)));
        watch.look(await publishedIn(lake), answered);
        watch.lookAtLast(await publishedIn(lake));
        assert.deepEqual(await leftoversIn(lake), index % 2 === 0 ? [] : leftovers, step);
      });
      t.diagnostic(`${steps.length} crash points, ${killed.length} of them by SIGKILL`);
    });
  }
});

/** Gives each death a lake of its own. */
function lakesIn(folder: string, isLakeThere: boolean): (death: number) => Promise<string> {
  return async (death) => {
    const lake = join(folder, `killed-at-${death}`, 'lake');
    await mkdir(isLakeThere ? lake : dirname(lake), { recursive: true });
    return lake;
  };
}

/**
 * One real kill for each kind of step. The kind is the operation, and its target: a staged file or a name in the lake.
 */
function firstOfEachKind(steps: readonly string[]): number[] {
  const kinds = steps.map((step) => step.replace(/ (?!staged$).*/, ' other'));
  return kinds.flatMap((kind, index) => (kinds.indexOf(kind) === index ? [index] : []));
}

interface Delivered {
  readonly status: number;
  readonly events: readonly SentEvent[];
}

/** A new writer, which remembers nothing of the earlier one. */
async function deliver(settings: Record<string, string>, body: Uint8Array, lake: string): Promise<Delivered> {
  const receiver = receiverWith(folderWriter(lake), settings);
  const { status, body: text } = toResponse(await receive(deliveryOf(body), receiver, now), receiver.settings);
  return { status, events: JSON.parse(text).events };
}

/** Runs in a separate process. Returns the signal that ended it. */
async function kill(
  program: readonly string[],
  settings: object,
  body: Uint8Array,
  lake: string,
  dieAt: number,
): Promise<unknown> {
  const args = [...program, JSON.stringify(settings), String(body), lake];
  const env = { ...process.env, DIE_AT: `${dieAt}` };
  return await promisify(execFile)(process.execPath, args, { env }).catch((error) => error.signal);
}

/** Bundled, because otherwise loading would take most of the time of each process. */
async function builtProgram(folder: string): Promise<readonly string[]> {
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
  return ['--import', join(folder, 'step-trace.mjs'), join(folder, 'deliver.mjs')];
}

/** Each delivery looks up the document of an update again. */
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

/** Every file that a reader's pattern can match, also in folders with a leading dot. */
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
