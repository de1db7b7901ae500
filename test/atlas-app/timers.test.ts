import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { invoke } from '../../local/atlas/atlas-runtime.ts';
import { asAtlasPasses, atlasWith } from '../support/atlas.ts';
import { changeEvents } from '../support/change-events.ts';
import { type Reply, receiptOf, scriptedReceiver, storeAll } from '../support/scripted-receiver.ts';
import { builtSource, timelessAtlas } from '../support/timeless-atlas.ts';

const busy: Reply = { status: 503, headers: { 'retry-after': '0' } };

describe('forwardChangeEvent(): a runtime that lacks', () => {
  it('the global clearTimeout delivers, after a pause too', async () => {
    const atlas = timelessAtlas({}, lacking('clearTimeout'));
    atlas.receiver.act(busy, storeAll);

    const { result } = await atlas.forward(changeEvents.insert);

    assert.partialDeepStrictEqual(result, { outcome: 'delivered' });
    assert.equal(atlas.receiver.told.length, 2);
  });

  it('both globals, and has the module, delivers, after a pause too', async (t) => {
    const receiver = await scriptedReceiver(t);
    receiver.act(busy, receiptOf(['stored']));
    const app = { ...atlasWith(receiver.url, {}, 1).app, sourceOf: lacking('setTimeout = clearTimeout') };

    const { result } = await invoke(app, 'forwardChangeEvent', asAtlasPasses(changeEvents.insert));

    assert.partialDeepStrictEqual(result, { outcome: 'delivered' });
    assert.equal(receiver.told.length, 2);
  });
});

/** The pause is not random here, because the module's timers cannot be made faster. */
function lacking(globals: string): (name: string) => string {
  return (name) => `${globals} = undefined; Math.random = () => 0;\n${builtSource(name)}`;
}
