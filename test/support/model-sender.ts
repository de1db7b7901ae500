// The Atlas side of a model-based run: the built functions, with a fault for each invocation. Their clock is fast but
// stays near the receiver's, because signatures are valid for five minutes.
import assert from 'node:assert/strict';
import { BSON } from 'bson';
import { type AtlasDatabase, atlasDatabase } from '../../local/atlas/atlas-database.ts';
import { httpPost } from '../../local/atlas/atlas-http.ts';
import { type AtlasApp, invoke } from '../../local/atlas/atlas-runtime.ts';
import type { Clock } from '../../local/atlas/clock.ts';
import { receiverKey } from './atlas.ts';
import { secret } from './deliveries.ts';
import { fastClock } from './fast-clock.ts';
import { fateAt } from './fate.ts';
import type { Struck } from './model-plan.ts';
import { type Around, sourceInParts } from './timeless-atlas.ts';
import { wrappedDatabase } from './wrapped-database.ts';

export type Ending = 'returned' | 'died';

export interface ModelSender {
  readonly run: (name: string, args: readonly unknown[], struck: Struck) => Promise<Ending>;
  /** Time during which nothing happens. */
  readonly letPass: (ms: number) => Promise<void>;
  /** From now on every answer arrives, also on a slow machine. */
  readonly slowDown: () => void;
  /** The tokens of the kept events. */
  readonly kept: () => readonly string[];
  /** All kept entries, with their parts. */
  readonly leftOver: () => readonly unknown[];
  /** Forbidden states of the outbox that occurred. */
  readonly problems: readonly string[];
}

/** 12 s of an unanswered try take 0.3 s. */
const fast = 40;
const calm = 4;
const collections = ['outbox', 'parts', 'marks'] as const;

export function modelSender(lakeReceiverUrl: string): ModelSender {
  const database = atlasDatabase();
  const values = { lakeReceiverUrl, lakeReceiverKey: receiverKey, lakeSigningSecret: secret, lakeBatchEvents: 5 };
  const problems: string[] = [];
  let clock = fastClock(fast);

  /** The clock stays with the receiver's. The kept events become older instead. */
  async function letPass(ms: number): Promise<void> {
    const aheadMs = clock.now() - Date.now();
    clock.skip(-aheadMs);
    for (const name of collections)
      await database.collection('atlas_lake_sync', name).run('write', (documents) => {
        for (const [key, bytes] of documents) documents.set(key, olderBy(ms + aheadMs, bytes));
      });
  }

  return {
    run: async (name, args, struck) => {
      const life = mortal(clock);
      const around = struckBy(struck, life.end);
      const app: AtlasApp = {
        values,
        clock: life.clock,
        sourceOf: (called) => sourceInParts(called, 1500),
        database: watched(database, around, problems),
        post: (request) => around('post', () => httpPost(request)),
      };
      try {
        await invoke(app, name, ...args);
        return 'returned';
      } catch (error) {
        // Without a fault, an invocation may throw only because of a slow machine.
        assert(
          struck !== undefined || /execution time limit|: timed out/.test(String(error)),
          `${name} threw ${error}`,
        );
        return 'died';
      }
    },
    letPass,
    slowDown: () => {
      clock = fastClock(calm);
    },
    kept: () => documentsOf('outbox').map(({ _id }) => String(_id)),
    leftOver: () => [...documentsOf('outbox'), ...documentsOf('parts')],
    problems,
  };

  function documentsOf(name: (typeof collections)[number]) {
    return database.collection('atlas_lake_sync', name).documents();
  }
}

function struckBy(struck: Struck, end: () => void): Around {
  if (struck === undefined) return (_step, run) => run();
  const strike = fateAt(struck.index, struck.fate);
  let steps = 0;
  return (step, run) => {
    const isStruck = steps++ === struck.index;
    if (isStruck && struck.fate === 'ends before') end();
    return strike(step, async () => {
      const result = await run();
      if (isStruck && struck.fate === 'ends after') end();
      return result;
    });
  };
}

/** Ends an invocation, as Atlas does after five minutes. */
function mortal(clock: Clock): { readonly clock: Clock; readonly end: () => void } {
  const executionMs = 300_000;
  const timers = new Set<unknown>();
  let overtime: () => void = () => undefined;
  return {
    clock: {
      ...clock,
      setTimeout: (callback, ms) => {
        if (ms === executionMs) overtime = callback;
        const timer = clock.setTimeout(callback, ms);
        timers.add(timer);
        return timer;
      },
    },
    end: () => {
      for (const timer of timers) clock.clearTimeout(timer);
      overtime();
    },
  };
}

/** An entry never changes until it is removed, because a second keeping changes nothing. */
function watched(database: AtlasDatabase, around: Around, problems: string[]): AtlasDatabase {
  return wrappedDatabase(
    database,
    (run) => (operation, change) =>
      around(operation, () =>
        run(operation, (stored) => {
          const before = new Map(stored);
          const result = change(stored);
          for (const [key, bytes] of before)
            if (contentOf(stored.get(key) ?? bytes) !== contentOf(bytes)) problems.push(`kept otherwise: ${key}`);
          return result;
        }),
      ),
  );
}

function contentOf(bytes: Uint8Array): string {
  const { _id, text, parts } = BSON.deserialize(bytes);
  return JSON.stringify({ _id, text, parts });
}

function olderBy(ms: number, bytes: Uint8Array): Uint8Array {
  const fields = Object.entries(BSON.deserialize(bytes));
  return BSON.serialize(
    Object.fromEntries(
      fields.map(([name, value]) => [name, value instanceof Date ? new Date(Number(value) - ms) : value]),
    ),
  );
}
