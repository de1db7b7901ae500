// How many bytes one instance holds at once, over all its requests: what bounds its memory.
import type { TextRoom } from '../json/byte-writer.ts';

export interface BytesInFlight {
  /** For one body; disposing gives back all that it took. */
  readonly room: () => BodyRoom;
  /** For the text that one request or invocation makes of its events; `most` bytes always fit, beside nothing else. */
  readonly text: (most: number) => TextRoom;
}

export interface BodyRoom extends Disposable {
  /** Makes it large enough for a body of so many bytes; false where that is too much. One body always fits, however large. */
  readonly holds: (bytes: number) => boolean;
  /** Whether it could hold so many bytes now. Takes nothing: a body that is only announced holds up nobody. */
  readonly couldHold: (bytes: number) => boolean;
}

/** Text that is written, beside the bodies that it comes from: a redacted copy and a line of each event, twice as long. */
const textPerByte = 4;

/** Of so many bytes. Each event is copied where it is redacted, and written, and its numbers may get their types. */
export function maxTextBytes(bytes: number): number {
  return bytes * textPerByte + 65_536;
}

export function bytesInFlight(max: number): BytesInFlight {
  const large = counter(max);
  // Kept for small bodies, so that a large one does not turn every other sender away.
  const small = counter(Math.floor(max / 16));
  const mostSmall = Math.floor(max / 256);
  const texts = counter(max * textPerByte);

  return {
    room: () => {
      let taken = 0;
      let pot = small;
      const potFor = (bytes: number) =>
        bytes <= mostSmall && small.fits(bytes, pot === small ? taken : 0) ? small : large;
      const couldHold = (bytes: number): boolean => {
        if (bytes <= taken) return true;
        const next = potFor(bytes);
        return next === small || large.fits(bytes, pot === large ? taken : 0);
      };
      const give = (): void => {
        pot.add(-taken);
        taken = 0;
      };
      return {
        couldHold,
        holds: (bytes) => {
          if (bytes <= taken) return true;
          if (!couldHold(bytes)) return false;
          const next = potFor(bytes);
          give();
          pot = next;
          pot.add(bytes);
          taken = bytes;
          return true;
        },
        [Symbol.dispose]: give,
      };
    },

    text: (most) => {
      let taken = 0;
      let isPassed = false;
      return {
        isPassed: () => isPassed,
        take: (bytes) => {
          if (taken + bytes > most) {
            isPassed = true;
            return false;
          }
          if (!texts.fits(taken + bytes, taken)) return false;
          texts.add(bytes);
          taken += bytes;
          return true;
        },
        give: (bytes) => {
          texts.add(-bytes);
          taken -= bytes;
        },
        [Symbol.dispose]: () => {
          texts.add(-taken);
          taken = 0;
        },
      };
    },
  };
}

/** Counts bytes up to `max`. One taker alone always fits. */
function counter(max: number) {
  let total = 0;
  return {
    /** Whether a taker that has `taken` could have `bytes`. */
    fits: (bytes: number, taken: number): boolean => {
      const others = total - taken;
      return others + bytes <= max || (others === 0 && max > 0);
    },
    add: (bytes: number): void => {
      total += bytes;
    },
  };
}
