import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { type Atlas, atlasWith } from '../support/atlas.ts';
import {
  changeEvents,
  type EventFields,
  eventSeconds,
  heat,
  tokenOf,
  withField,
  withoutField,
} from '../support/change-events.ts';
import { secret } from '../support/deliveries.ts';
import { filesIn, temporaryFolder } from '../support/lakes.ts';
import { eventAt, eventsFrom, keepEntries, refusedIn, waitingIn } from '../support/outbox-entries.ts';
import { startReceiver } from '../support/running-receiver.ts';
import { type Mood, unreliableProxy } from '../support/unreliable-proxy.ts';

/** How much faster time passes while a function waits for an answer: 12 s of forwardChangeEvent take 0.8 s. */
const fast = 15;
const calm = 4;
/** No faults. So every answer arrives, also on a slow machine, and the sender's time stays near the receiver's. */
const unhurried = 0.25;

describe('Atlas against a receiver that fails for a while', () => {
  const failures: Record<string, { readonly mood: Mood; readonly factor: number }> = {
    'is down': { mood: 'down', factor: calm },
    hangs: { mood: 'hang', factor: fast },
    'answers slowly': { mood: { delayMs: 100 }, factor: calm },
    'answers too slowly': { mood: { delayMs: 1_000 }, factor: fast },
    'breaks connections': { mood: 'drop before', factor: calm },
    'loses answers': { mood: 'drop after', factor: calm },
    'shows a login page': { mood: { status: 200, body: '<html>Sign in</html>' }, factor: calm },
    'answers 403': { mood: { status: 403, body: 'This web app is stopped.' }, factor: calm },
    'answers 404': { mood: { status: 404, body: '' }, factor: calm },
    'answers 500': { mood: { status: 500, body: '{}' }, factor: calm },
  };
  it('ends with exactly one file for each event', { concurrency: true }, async (t) => {
    const receiver = await receiverIn(t);
    const tests = Object.entries(failures).map(([name, { mood, factor }]) =>
      t.test(`where it ${name}`, async (t) => {
        const { atlas, proxy } = await senderTo(receiver, t, factor);
        const events = storyIn(name.replaceAll(' ', '-'));

        proxy.behave(mood);
        await play(atlas, events.slice(0, 9));
        await atlas.drain();
        proxy.behave('pass');
        atlas.clock.goAt(unhurried);
        await play(atlas, events.slice(9));
        await drainUntilNothingWaits(atlas);

        assert.deepEqual(await receiver.envelopes(name.replaceAll(' ', '-')), events.map(envelopeOf));
        assert.deepEqual(atlas.outbox(), []);
      }),
    );
    await Promise.all(tests);
  });

  it('leaves only the refused events in the outbox', async (t) => {
    const receiver = await receiverIn(t);
    const { atlas, proxy } = await senderTo(receiver, t);
    const events = storyIn('refused').map((event, index) => (index % 10 === 3 ? timeless(event) : event));

    proxy.behave('drop after');
    await play(atlas, events.slice(0, 9));
    proxy.behave('pass');
    atlas.clock.goAt(unhurried);
    await play(atlas, events.slice(9));
    await drainUntilNothingWaits(atlas);

    const placed = events.filter((event) => 'clusterTime' in event);
    assert.deepEqual(await receiver.envelopes('refused'), placed.map(envelopeOf));
    assert.deepEqual(refusedIn(atlas), [4, 14]);
    for (const { reason } of atlas.outbox())
      assert.match(String(reason), /^Cannot read change event: "clusterTime" must/);
  });

  it('delivers a document of 16 MB from the outbox to its file', async (t) => {
    const receiver = await receiverIn(t);
    const { atlas, proxy } = await senderTo(receiver, t);
    const document = { ...heat, text: 'a"é€😀'.repeat(1_395_000) };
    const event = { ...changeEvents.insert, ns: { db: 'shop', coll: 'large' }, fullDocument: document };

    proxy.behave('down');
    await atlas.forward(event);
    const partCount = atlas.parts().length;
    proxy.behave('pass');
    // A large document takes long.
    atlas.clock.goAt(unhurried);
    await drainUntilNothingWaits(atlas);

    assert.equal(partCount, 2);
    const stored = await receiver.envelopes('large');
    assert(isDeepStrictEqual(stored, [envelopeOf(event)]), 'stored otherwise than it was sent');
    assert.deepEqual([...atlas.outbox(), ...atlas.parts()], []);
  });
});

describe('Atlas against a receiver that takes little in a request', () => {
  const limits = { 'few events': { MAX_EVENTS: '10' }, 'few bytes': { MAX_EVENTS: '20', MAX_BODY_BYTES: '4000' } };
  for (const [name, environment] of Object.entries(limits)) {
    it(`has all stored that fits, and the rest refused: ${name}`, async (t) => {
      const receiver = await receiverIn(t, environment);
      const { atlas } = await senderTo(receiver, t, unhurried);
      const large = withField(eventAt(61), 'fullDocument', { text: 'x'.repeat(5_000) });
      await keepEntries(atlas, [...eventsFrom(1, 60), large]);

      await drainUntilNothingWaits(atlas);

      const refused = 'MAX_BODY_BYTES' in environment ? [61] : [];
      assert.deepEqual(refusedIn(atlas), refused);
      assert.equal((await receiver.envelopes('movies')).length, 61 - refused.length);
    });
  }
});

interface Receiver {
  readonly url: string;
  /** The content of the files of a collection, oldest first. */
  readonly envelopes: (coll: string) => Promise<EventFields[]>;
}

async function receiverIn(t: TestContext, environment: Record<string, string> = {}): Promise<Receiver> {
  const lake = await temporaryFolder(t);
  const settings = { LAKE_URL: `file:${lake}`, SIGNING_SECRETS: secret, DOCUMENT_FORMAT: 'canonical' };
  const { url } = await startReceiver(t, { ...settings, ...environment });
  return {
    url,
    envelopes: async (coll) => {
      const files = [...(await filesIn(lake))].filter(([path]) => path.split('/').at(1) === coll);
      return files.map(([, line]): EventFields => JSON.parse(line));
    },
  };
}

async function senderTo({ url }: Receiver, t: TestContext, factor = calm) {
  const proxy = await unreliableProxy(t, url);
  const atlas = atlasWith(proxy.url, {}, factor);
  // The receiver takes signatures of five minutes before and after its own time. Time is fast here, so it begins early.
  atlas.clock.skip(-280_000);
  return { atlas, proxy };
}

/** Changes of one collection. */
function storyIn(coll: string): EventFields[] {
  const { insert, update, replace, delete: deleted, drop } = changeEvents;
  const kinds: EventFields[] = [insert, update, replace, deleted, drop];
  return Array.from({ length: 20 }, (_, index) => ({
    ...kinds[index % kinds.length],
    _id: { _data: tokenOf(index + 1) },
    clusterTime: { $timestamp: { t: eventSeconds, i: index + 1 } },
    ns: { db: 'shop', coll },
  }));
}

/** The two functions send them in turn, and the first one is sent twice. */
async function play(atlas: Atlas, events: readonly EventFields[]): Promise<void> {
  for (const [index, event] of [...events, ...events.slice(0, 1)].entries())
    await (index % 3 === 2 ? atlas.buffer(event) : atlas.forward(event));
}

async function drainUntilNothingWaits(atlas: Atlas): Promise<void> {
  for (let drains = 0; drains < 15 && waitingIn(atlas).length > 0; drains++) {
    atlas.clock.skip(10_000);
    await atlas.drain();
  }
  assert.deepEqual(waitingIn(atlas), []);
}

function timeless(event: EventFields): EventFields {
  return withoutField(withoutField(event, 'clusterTime'), 'wallTime');
}

function envelopeOf(event: EventFields): EventFields {
  const { _id, fullDocument, fullDocumentBeforeChange, ...others } = event;
  const data = event['operationType'] === 'delete' ? fullDocumentBeforeChange : (fullDocument ?? null);
  const [, sequence] = /"_data":"(\w+)"/.exec(JSON.stringify(_id)) ?? [];
  return { ...others, data, sequence, clusterTime: '2026-11-20T10:15:30.000Z' };
}
