// A set of 64-bit digests with 16 bytes for each. A day can have millions of files, and a Set of texts would take ten
// times the memory.

export interface DigestSet {
  readonly has: (digest: string) => boolean;
  /** Sixteen hex digits. */
  readonly add: (digest: string) => void;
  /** Eight bytes for each. */
  readonly addBytes: (digests: Uint8Array) => void;
}

export function digestSet(): DigestSet {
  let slots = new Uint32Array(2 * 1024);
  let used = 0;
  // A digest of zeros would look like an empty slot.
  let hasZero = false;

  return {
    has: (digest) => {
      const [high, low] = halvesOf(digest);
      if (high === 0 && low === 0) return hasZero;
      const at = slotOf(slots, high, low);
      return slots[at] === high && slots[at + 1] === low;
    },
    add: (digest) => insert(...halvesOf(digest)),
    addBytes: (digests) => {
      const view = new DataView(digests.buffer, digests.byteOffset, digests.byteLength);
      for (let at = 0; at + 8 <= view.byteLength; at += 8) insert(view.getUint32(at), view.getUint32(at + 4));
    },
  };

  function insert(high: number, low: number): void {
    if (high === 0 && low === 0) {
      hasZero = true;
      return;
    }
    if (used * 4 >= slots.length) grow();
    if (put(slots, high, low)) used++;
  }

  function grow(): void {
    const larger = new Uint32Array(slots.length * 2);
    for (let at = 0; at < slots.length; at += 2) put(larger, slots[at] ?? 0, slots[at + 1] ?? 0);
    slots = larger;
  }
}

function halvesOf(digest: string): readonly [number, number] {
  return [Number.parseInt(digest.slice(0, 8), 16), Number.parseInt(digest.slice(8), 16)];
}

/** True if the digest is new. */
function put(slots: Uint32Array, high: number, low: number): boolean {
  if (high === 0 && low === 0) return false;
  const at = slotOf(slots, high, low);
  if (slots[at] !== 0 || slots[at + 1] !== 0) return false;
  slots[at] = high;
  slots[at + 1] = low;
  return true;
}

/** The slot of the digest, or the empty slot for it. Digests are spread evenly, so their own bits are the hash. */
function slotOf(slots: Uint32Array, high: number, low: number): number {
  const mask = slots.length / 2 - 1;
  for (let slot = low & mask; ; slot = (slot + 1) & mask) {
    const at = slot * 2;
    const isEmpty = slots[at] === 0 && slots[at + 1] === 0;
    if (isEmpty || (slots[at] === high && slots[at + 1] === low)) return at;
  }
}
