// Loaded by `--import` into a child that writes to a folder. Prints the child's steps on the disk, and kills it before
// step number DIE_AT.
import { newRun, trace } from './disk-steps.ts';

const run = newRun(Number(process.env['DIE_AT'] ?? 0), () => process.kill(process.pid, 'SIGKILL'));
trace(run);
process.once('exit', () => console.log(JSON.stringify({ steps: run.steps })));
