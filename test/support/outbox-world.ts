// Sender, outbox and receiver together, with two invariants. No event is lost or changed. After the receiver recovers,
// nothing is left over. It shares its duty with model-world.ts. It stays apart because its time is virtual and its
// receiver refuses events. model-world.ts kills real processes, and compares files and documents.
import assert from 'node:assert/strict';
import { asAtlasPasses } from './atlas.ts';
import { changeEvents, type EventFields, eventSeconds, heat, tokenOf, withField } from './change-events.ts';
import { dutyOf } from './duty.ts';
import { fateAt } from './fate.ts';
import type { LakeBehind } from './lakes-behind.ts';
import type { Deed, Doing } from './nearby-receiver.ts';
import { refusedIn, waitingIn } from './outbox-entries.ts';
import type { Act, FunctionName, Mood, Step, Struck } from './outbox-steps.ts';
import { problemOf, receiptOf } from './scripted-receiver.ts';
import { sourceInParts, timelessAtlas } from './timeless-atlas.ts';

export interface OutboxWorld {
  readonly play: (step: Step) => Promise<void>;
  /** The receiver is healthy from now on. */
  readonly end: () => Promise<void>;
}

export function outboxWorld(lake: LakeBehind): OutboxWorld {
  // Not random, so that a run can be repeated.
  const atlas = timelessAtlas(
    { lakeBatchEvents: 4 },
    (name) => `Math.random = () => 0.5;\n${sourceInParts(name, 500)}`,
  );
  const duty = dutyOf<number>();
  const { sent } = duty;
  behave({ kind: 'well' });

  function behave(mood: Mood): void {
    atlas.receiver.act(doingOf(mood, lake, atlas.clock.pause, atlas.clock.whileStanding));
  }

  async function perform(act: Act): Promise<void> {
    switch (act.kind) {
      case 'change':
        return await deliver(sent.size + 1, act.by, act.operation, act.struck);
      case 'again':
        if (sent.size > 0) await deliver((act.which % sent.size) + 1, act.by, 0, act.struck);
        return;
      case 'drain':
        return await drain(act.struck);
      case 'requeue':
        await atlas.requeue();
    }
  }

  /** A repeated update has the newest document. */
  async function deliver(number: number, by: FunctionName, operation: number, struck: Struck): Promise<void> {
    const [first, ...others] = sent.get(number) ?? [];
    const event = first === undefined ? eventOf(number, operation) : versionOf(first, others.length + 2);
    duty.send(number, event);
    await invoke(by, [asAtlasPasses(event)], struck, () => duty.take(number));
  }

  async function drain(struck: Struck): Promise<void> {
    await invoke('drainOutbox', [], struck);
  }

  async function invoke(name: string, args: unknown[], struck: Struck, returned = (): unknown => 0): Promise<void> {
    try {
      const { logs } = await atlas.run(name, args, fateAt(struck?.index ?? Infinity, struck?.fate ?? 'ends before'));
      for (const line of logs) assert(line.length < 512 && !/Heat|826B/.test(line), line);
      returned();
    } catch (error) {
      // The output of an ended invocation does not count. With a fault, its only output may be that the outbox cannot
      // be drained.
      const isEnded = struck?.fate.startsWith('ends') === true;
      assert(
        isEnded || (struck !== undefined && /Cannot drain the outbox/.test(String(error))),
        `${name} threw ${error}`,
      );
    }
  }

  return {
    play: async (step) => {
      if (step.kind === 'skip') return atlas.clock.skip(step.ms);
      if (step.kind === 'mood') return behave(step.mood);
      await Promise.all(step.acts.map(perform));
      duty.assertNothingIsLost([...waitingIn(atlas), ...refusedIn(atlas)], (number) => lake.stored.has(number));
    },
    end: async () => {
      behave({ kind: 'well' });
      for (const number of duty.notOurs()) await deliver(number, 'forwardChangeEvent', 0, undefined);
      await atlas.requeue();
      for (let drains = 0; drains < 20 && atlas.outbox().length > 0; drains++) {
        atlas.clock.skip(601_000);
        await drain(undefined);
      }
      atlas.clock.skip(3_601_000);
      await drain(undefined);

      assert.deepEqual([...atlas.outbox(), ...atlas.parts()], [], 'left over');
      const texts = await lake.texts();
      assert.deepEqual([...texts.keys()].toSorted(byNumber), [...sent.keys()].toSorted(byNumber), 'stored');
      for (const [number, text] of texts)
        assert(duty.versionWith(number, text, lake.textFor), `event ${number} is stored otherwise than it was sent`);
    },
  };
}

function doingOf(
  mood: Mood,
  lake: LakeBehind,
  pause: (ms: number) => Promise<void>,
  whileStanding: <T>(run: () => Promise<T>) => Promise<T>,
): Doing {
  const take: typeof lake.take = (told, plan) => whileStanding(() => lake.take(told, plan));
  switch (mood.kind) {
    case 'well':
      return (told) => take(told);
    case 'answers':
      return mood;
    case 'hangs':
      return 'hang';
    case 'breaks before':
      return 'reset';
    case 'breaks after':
      return async (told): Promise<Deed> => {
        await take(told);
        return 'reset';
      };
    case 'shows a page after':
      return async (told) => {
        await take(told);
        return { status: 200, body: '<html>Sign in</html>' };
      };
    case 'answers for one too few':
      return ({ events }) => receiptOf(events.slice(1).map(() => 'stored'));
    case 'takes long':
      return async (told) => {
        const reply = await take(told);
        await pause(mood.ms);
        return reply;
      };
    case 'fails with some':
      return (told) => take(told, (number) => (number % 3 === mood.rest ? 'failed' : undefined));
    case 'refuses some':
      return (told) => take(told, (number) => (number % 3 === mood.rest ? 'refused' : undefined));
    case 'takes few':
      return (told) => {
        if (told.events.length <= mood.most) return take(told);
        return mood.isNamed ? problemOf(413, 'too-many-events', { limit: mood.most }) : { status: 413 };
      };
  }
}

function eventOf(number: number, operation: number): EventFields {
  const { insert, update, replace, delete: deleted } = changeEvents;
  const kind: EventFields = [insert, update, replace, deleted][operation] ?? insert;
  return { ...kind, _id: { _data: tokenOf(number) }, clusterTime: { $timestamp: { t: eventSeconds, i: number } } };
}

function versionOf(event: EventFields, version: number): EventFields {
  if (event['operationType'] !== 'update') return event;
  return withField(event, 'fullDocument', { ...heat, version: { $numberInt: String(version) } });
}

function byNumber(one: number, other: number): number {
  return one - other;
}
