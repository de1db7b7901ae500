// Compares two ways of large bodies to the functions: buffered by the worker, or streamed. Both arms run the same
// bundle under the runtime's own programming model, in separate processes, interleaved. docs/decisions/003 has the
// result.
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { changeEvents, insertOf, textOf } from '../support/change-events.ts';
import { copyDeployedApp } from '../support/deployed-app.ts';
import { peakMegabytes } from '../support/peak-memory.ts';
import { type RunningReceiver, runWorker } from '../support/running-receiver.ts';
import { benchFolder } from './bench-folder.ts';
import { spreadOf } from './statistics.ts';

const rounds = 3;
const smallRequests = 1000;
const large = textOf(insertOf({ _id: 1, text: 'x'.repeat(40_000_000) }));
const small = textOf(changeEvents.insert);
const endings: (() => unknown)[] = [];
const after = (ending: () => unknown): void => void endings.push(ending);

const folder = benchFolder('bodies-');
const apps = { buffered: await appWith('buffered', '!1'), streamed: await appWith('streamed', '!0') };

const results = { buffered: emptyResult(), streamed: emptyResult() };
for (let round = 0; round < rounds; round++) {
  for (const mode of ['buffered', 'streamed'] as const) {
    const environment = { LAKE_URL: `file:${folder}/lake-${mode}-${round}` };
    const forLatency = await runWorker({ after }, environment, apps[mode], mode);
    results[mode].smallMs.push(await medianLatency(forLatency));
    const forMemory = await runWorker({ after }, environment, apps[mode], mode);
    for (let body = 0; body < 3; body++) await (await forMemory.post(large)).text();
    results[mode].largeMegabytes.push(await peakMegabytes(forMemory.child));
    const forRefusal = await runWorker({ after }, { ...environment, MAX_BODY_BYTES: '1000000' }, apps[mode], mode);
    results[mode].bytesBeforeRefusal.push(await bytesUntilRefused(forRefusal));
    results[mode].refusedMegabytes.push(await peakMegabytes(forRefusal.child));
    for (const { child } of [forLatency, forMemory, forRefusal]) child.kill('SIGKILL');
  }
}
for (const end of endings.toReversed()) await end();
report();

function emptyResult() {
  return {
    smallMs: [] as number[],
    largeMegabytes: [] as number[],
    bytesBeforeRefusal: [] as number[],
    refusedMegabytes: [] as number[],
  };
}

/** The built app. The buffered arm differs only in one setting. */
async function appWith(name: string, enableHttpStream: '!0' | '!1'): Promise<string> {
  const app = await copyDeployedApp(join(folder, name));
  const bundle = join(app, 'dist/main.cjs');
  const text = await readFile(bundle, 'utf8');
  if (!text.includes('enableHttpStream:!0')) throw new Error('Cannot set up the arms: the bundle must enable streams');
  await writeFile(bundle, text.replace('enableHttpStream:!0', `enableHttpStream:${enableHttpStream}`));
  return app;
}

async function medianLatency(worker: RunningReceiver): Promise<number> {
  const times: number[] = [];
  for (let count = 0; count < smallRequests; count++) {
    const started = performance.now();
    await (await worker.post(small)).text();
    times.push(performance.now() - started);
  }
  return spreadOf(times).median;
}

/** The bytes of a 100 MB body that are sent before the answer arrives. */
async function bytesUntilRefused({ url }: RunningReceiver): Promise<number> {
  const headers = { 'content-type': 'application/json' };
  const upload = request(`${url}/api/change-events`, { method: 'POST', headers });
  const answered = once(upload, 'response');
  let isAnswered = false;
  void answered.then(() => {
    isAnswered = true;
  });
  upload.on('error', () => undefined);
  let sent = 0;
  for (const piece = Buffer.alloc(1_000_000, ' '); sent < 100_000_000 && !isAnswered; sent += piece.length) {
    if (!upload.write(piece)) await Promise.race([once(upload, 'drain'), answered]);
  }
  if (!isAnswered) upload.end();
  await answered;
  upload.destroy();
  return sent;
}

function report(): void {
  const row = (
    what: string,
    unit: string,
    digits: number,
    of: (result: ReturnType<typeof emptyResult>) => number[],
  ) => {
    const [buffered, streamed] = [spreadOf(of(results.buffered)).median, spreadOf(of(results.streamed)).median];
    const cells = [buffered.toFixed(digits), streamed.toFixed(digits), (streamed / buffered).toFixed(2)];
    console.log(`${`${what} (${unit})`.padEnd(50)}${cells.map((cell) => cell.padStart(12)).join('')}`);
  };
  console.log(
    `medians of ${rounds} rounds`.padEnd(50) +
      ['buffered', 'streamed', 'ratio'].map((head) => head.padStart(12)).join(''),
  );
  row('small event, median of 1000 requests', 'ms', 2, (result) => result.smallMs);
  row('three bodies of 40 MB, peak memory', 'MB', 0, (result) => result.largeMegabytes);
  row('100 MB over a limit of 1 MB, sent till refused', 'MB', 0, (result) =>
    result.bytesBeforeRefusal.map((bytes) => bytes / 1e6),
  );
  row('100 MB over a limit of 1 MB, peak memory', 'MB', 0, (result) => result.refusedMegabytes);
}
