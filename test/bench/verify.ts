// npm run verify over a lake that npm run load has filled from the same dump: time, peak memory, and temporary files.
// Run with: verify.ts <documents>
import { once } from 'node:events';
import { createWriteStream, globSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { withCommas } from '../../local/with-commas.ts';
import { benchFolder } from './bench-folder.ts';
import { measuredProgram, noStorage } from './measured-run.ts';

const documents = Number(process.argv[2]);
const aimMegabytes = 500;
const source = ['--namespace', 'shop.orders', '--file'];
const batch = 10_000;

const folder = benchFolder('verify-');
const [dump, temporary] = [join(folder, 'documents.json'), join(folder, 'temporary')];
mkdirSync(temporary);
const storage = { ...noStorage, environment: { LAKE_URL: `file:${join(folder, 'lake')}`, TMPDIR: temporary } };
await writeDump(dump);
const load = await run('load', '--at', '2026-11-20T10:00:00Z');

let temporaryBytes = 0;
const looking = setInterval(() => {
  temporaryBytes = Math.max(temporaryBytes, bytesIn(temporary));
}, 500);
const verify = await run('verify', '--json');
clearInterval(looking);

const count = withCommas(documents);
console.log(`${count} documents of ${Math.round(statSync(dump).size / documents)} bytes, in batch files of 1,000`);
row('', 'verify', 'load');
row('seconds', verify.wallSeconds.toFixed(0), load.wallSeconds.toFixed(0));
row('CPU seconds', verify.cpuSeconds.toFixed(0), load.cpuSeconds.toFixed(0));
row('peak memory, MB', verify.megabytes.toFixed(0), load.megabytes.toFixed(0));
row('temporary files, MB', (temporaryBytes / 1e6).toFixed(0), '0');
console.log(`the aim of ${aimMegabytes} MB for verify is ${verify.megabytes < aimMegabytes ? 'met' : 'missed'}`);

async function run(command: string, ...options: readonly string[]) {
  console.error(`Running npm run ${command} …`);
  return await measuredProgram(storage, ['local/run.ts', command, ...source, dump, ...options]);
}

async function writeDump(file: string): Promise<void> {
  const out = createWriteStream(file);
  for (let first = 0; first < documents; first += batch) {
    const lines = Array.from({ length: Math.min(batch, documents - first) }, (_, index) => documentOf(first + index));
    if (!out.write(lines.join(''))) await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
}

function documentOf(number: number): string {
  const _id = { $oid: number.toString(16).padStart(24, '0') };
  return `${JSON.stringify({ _id, n: { $numberInt: String(number % 10) } })}\n`;
}

/** A file can disappear between the list and the look. */
function bytesIn(place: string): number {
  const files = globSync('**/*', { cwd: place });
  return files.reduce((sum, file) => sum + (statSync(join(place, file), { throwIfNoEntry: false })?.size ?? 0), 0);
}

function row(name: string, ...cells: readonly string[]): void {
  console.log(name.padEnd(24) + cells.map((cell) => cell.padStart(12)).join(''));
}
