// The duty of the sender in each model world. An event can come again with a newer document,
// so all its versions are known. Once its function returned, the event must be stored or kept.
import assert from 'node:assert/strict';
import type { EventFields } from './change-events.ts';

export function dutyOf<Key>() {
  const sent = new Map<Key, EventFields[]>();
  const ours = new Set<Key>();
  return {
    /** The versions of each event, first to last. */
    sent,
    send: (key: Key, version: EventFields): void => void sent.set(key, [...(sent.get(key) ?? []), version]),
    /** Its function returned. Atlas delivers the others again. */
    take: (key: Key): void => void ours.add(key),
    notOurs: (): Key[] => [...sent.keys()].filter((key) => !ours.has(key)),
    versionWith: (key: Key, text: string, textFor: (version: EventFields) => string): EventFields | undefined =>
      sent.get(key)?.find((version) => textFor(version) === text),
    assertNothingIsLost: (kept: Iterable<Key>, isStored: (key: Key) => boolean): void => {
      const safe = new Set(kept);
      const lost = [...ours].filter((key) => !safe.has(key) && !isStored(key));
      assert.deepEqual(lost, [], 'neither stored nor kept');
    },
  };
}
