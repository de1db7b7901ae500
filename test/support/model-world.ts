// Cluster, sender, network, receiver and lake together. Runs the plan, and checks the invariants.
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { setTimeout as passed } from 'node:timers/promises';
import { asAtlasPasses } from './atlas.ts';
import { secret } from './deliveries.ts';
import { dutyOf } from './duty.ts';
import { temporaryFolder } from './lakes.ts';
import { modelCluster } from './model-cluster.ts';
import { latestByDuckDb, rowsOf } from './model-duckdb.ts';
import { filesOf, type LakeFiles, latestState, lineOf, modelState, pathOf, sequenceIn } from './model-lake.ts';
import { type Change, collections, type Plan, type Struck, type Wave } from './model-plan.ts';
import { modelProxy } from './model-proxy.ts';
import { eagerReader } from './model-reader.ts';
import { receiptWitness } from './model-receipts.ts';
import { modelSender } from './model-sender.ts';
import { serveApp } from './running-receiver.ts';

interface Due {
  readonly wave: number;
  readonly rank: number;
  readonly token: string;
  readonly struck: Struck;
}

const eventsPerKill = 20;
const functions = { movies: 'forwardChangeEvent', series: 'bufferChangeEvent' } as const;

/** The number of each kind of event in the run. */
export type Played = Readonly<Record<string, number>>;

export async function playPlan(t: TestContext, plan: Plan, lakeFiles: LakeFiles): Promise<Played> {
  const folder = await temporaryFolder(t);
  const settings = { LAKE_URL: `file:${folder}`, LAKE_FILES: lakeFiles, SIGNING_SECRETS: secret };
  const cluster = modelCluster();
  const reader = eagerReader(folder);
  const receipts = receiptWitness(folder, lakeFiles, reader);
  const proxy = await modelProxy(t, plan.faults, receipts.witness);
  const sender = modelSender(proxy.url);
  const duty = dutyOf<string>();
  const counts = { deliveries: 0, deaths: 0, drains: 0, kills: 0 };
  let due: Due[] = [];
  let receiver = await startReceiver();
  let restarted: Promise<void> = Promise.resolve();

  try {
    for (const [at, wave] of plan.waves.entries()) await playWave(at, wave);
    await end();
    await assertAllIsWell();
  } finally {
    reader.close();
  }
  const files = filesOf(folder);
  const lines = files.flatMap((file) => file.lines).length;
  return { events: duty.sent.size, ...counts, files: files.length, lines, ...proxy.counts() };

  async function startReceiver() {
    const started = await serveApp(t, settings);
    proxy.reach(started.url);
    return started;
  }

  async function killReceiver(afterMs: number): Promise<void> {
    await passed(afterMs);
    await receiver.stop('SIGKILL');
    receiver = await startReceiver();
  }

  async function playWave(at: number, { pauseMs, changes, repeated, drains }: Wave): Promise<void> {
    await sender.letPass(pauseMs);
    if (cluster.tokens().length >= eventsPerKill * (counts.kills + 1)) {
      await restarted;
      const afterMs = plan.killsAfterMs[counts.kills % plan.killsAfterMs.length] ?? 0;
      proxy.withNext(() => {
        counts.kills++;
        restarted = killReceiver(afterMs);
      });
    }
    for (const change of changes) happen(at, change);
    const old = cluster.tokens();
    for (const { which, struck } of repeated)
      due.push({ wave: at, rank: which % 1_000, token: old[which % old.length] ?? '', struck });

    const now = due.filter(({ wave }) => wave <= at).toSorted((one, other) => one.rank - other.rank);
    due = due.filter(({ wave }) => wave > at);
    await Promise.all([...now.map((one) => deliver(one, at)), ...drains.map(drain)]);
    assertNothingIsLost();
  }

  function happen(at: number, change: Change): void {
    const token = cluster.change(change);
    for (const { wavesLater, rank, struck } of change.deliveries)
      due.push({ wave: at + wavesLater, rank, token, struck });
  }

  async function deliver({ token, struck }: Due, at: number): Promise<void> {
    const event = cluster.eventNow(token);
    duty.send(token, event);
    counts.deliveries++;
    const ending = await sender.run(functions[cluster.collectionOf(token)], [asAtlasPasses(event)], struck);
    if (ending === 'returned') return duty.take(token);
    counts.deaths++;
    due.push({ wave: at + 2, rank: 0, token, struck: undefined });
  }

  async function drain(struck: Struck): Promise<void> {
    counts.drains++;
    if ((await sender.run('drainOutbox', [], struck)) === 'died') counts.deaths++;
  }

  function assertNothingIsLost(): void {
    // An event that waits now can be stored before the files are read, but not the reverse.
    const kept = sender.kept();
    const stored = new Set(filesOf(folder).flatMap(({ lines }) => lines.map(sequenceIn)));
    duty.assertNothingIsLost(kept, (token) => stored.has(token));
    assert.deepEqual([...reader.problems, ...receipts.problems, ...sender.problems], []);
  }

  /** Everything is healthy from now on. */
  async function end(): Promise<void> {
    proxy.behaveWell();
    await restarted;
    await proxy.settled();
    await sender.letPass(61_000);
    sender.slowDown();
    for (let rounds = 0; due.length > 0; rounds++) {
      assert(rounds < 20, 'events cannot be delivered although all is well');
      const now = due;
      due = [];
      await Promise.all(now.map((one) => deliver({ ...one, struck: undefined }, 0)));
    }
    for (let drains = 0; drains < 50 && sender.kept().length > 0; drains++) {
      await sender.letPass(601_000);
      await drain(undefined);
    }
    // Parts of an interrupted keeping are removed after an hour.
    await sender.letPass(3_601_000);
    await drain(undefined);
    await proxy.settled();
    assertNothingIsLost();
    assert.deepEqual(sender.leftOver(), [], 'left over');
    await receiver.stop('SIGKILL');
  }

  async function assertAllIsWell(): Promise<void> {
    const files = filesOf(folder);
    const lines = files.flatMap((file) => file.lines);
    for (const { path, lines } of files) {
      reader.read(path);
      const events = lines.map(
        (line) =>
          duty.versionWith(sequenceIn(line), line, lineOf) ?? assert.fail(`${path} has what was not sent: ${line}`),
      );
      assert.equal(path, pathOf(events, lakeFiles));
    }
    assert.deepEqual(reader.problems, []);
    const sequences = lines.map(sequenceIn);
    const stored = lakeFiles === 'event' ? sequences : [...new Set(sequences)];
    assert.deepEqual(stored.toSorted(), cluster.tokens().toSorted(), 'stored');
    for (const coll of collections) {
      const state = modelState(cluster, coll);
      assert.deepEqual(sorted(latestState(lines.map(envelopeOf), coll)), sorted(state), `the latest state of ${coll}`);
      assert.deepEqual(await latestByDuckDb(folder, coll), rowsOf(state), `the latest state of ${coll}, by DuckDB`);
    }
  }
}

function envelopeOf(line: string): Record<string, unknown> {
  return JSON.parse(line);
}

function sorted(state: ReadonlyMap<string, unknown>) {
  return [...state].toSorted(([one], [other]) => Number(one > other) - Number(one < other));
}
