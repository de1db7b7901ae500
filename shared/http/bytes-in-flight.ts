// How many bytes of bodies one instance holds at once, over all its requests: what bounds its memory.

export interface BytesInFlight {
  /** For one body; disposing gives back all that it took. */
  readonly room: () => BodyRoom;
}

export interface BodyRoom extends Disposable {
  /** Makes it large enough for a body of so many bytes; false where that is too much. One body always fits, however large. */
  readonly holds: (bytes: number) => boolean;
}

export function bytesInFlight(max: number): BytesInFlight {
  let total = 0;
  return {
    room: () => {
      let taken = 0;
      return {
        holds: (bytes) => {
          const others = total - taken;
          if (bytes <= taken) return true;
          if (others > 0 && others + bytes > max) return false;
          total = others + bytes;
          taken = bytes;
          return true;
        },
        [Symbol.dispose]: () => {
          total -= taken;
          taken = 0;
        },
      };
    },
  };
}
