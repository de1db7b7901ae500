// Counts the bytes that one instance holds for all its requests. This limits its memory.
import type { TextRoom } from '../json/byte-writer.ts';

export interface BytesInFlight {
  /** Room for one body. Disposing it returns everything that it took. */
  readonly room: () => BodyRoom;
  /** Room for the text that one request or invocation writes. Up to `most` bytes always fit if nothing else is held. */
  readonly text: (most: number) => TextRoom;
}

export interface BodyRoom extends Disposable {
  /** Grows to this size. False if that is too much. A body always fits if nothing else is held, however large it is. */
  readonly holds: (bytes: number) => boolean;
  /** Whether this size would fit now. It takes nothing, so a body that is only announced blocks nobody. */
  readonly couldHold: (bytes: number) => boolean;
}

/**
 * A request writes two texts for each event: its redacted copy and its line. Each can be twice as long as the event.
 */
const textPerByte = 4;

/** The limit of written text for a request of this size. */
export function maxTextBytes(bytes: number): number {
  return bytes * textPerByte + 65_536;
}

export function bytesInFlight(max: number): BytesInFlight {
  const large = counter(max);
  // Reserved for small bodies, so that one large body does not block all other senders.
  const small = counter(Math.floor(max / 16));
  const maxSmallBytes = Math.floor(max / 256);
  const texts = counter(max * textPerByte);

  return {
    room: () => {
      let taken = 0;
      let pot = small;
      const potFor = (bytes: number) =>
        bytes <= maxSmallBytes && small.fits(bytes, pot === small ? taken : 0) ? small : large;
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

/** Counts bytes up to `max`. A single taker always fits. */
function counter(max: number) {
  let total = 0;
  return {
    /** Whether a taker that now has `taken` bytes can have `bytes` in all. */
    fits: (bytes: number, taken: number): boolean => {
      const others = total - taken;
      return others + bytes <= max || (others === 0 && max > 0);
    },
    add: (bytes: number): void => {
      total += bytes;
    },
  };
}
