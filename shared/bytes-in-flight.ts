// How many bytes of bodies one instance holds at once, over all its requests: what bounds its memory.

export interface BytesInFlight {
  /** Takes room for more bytes of one body; false where there is none left. One body always fits, however large. */
  readonly take: (body: BodyRoom, bytes: number) => boolean;
  /** Gives back all that a body took. */
  readonly release: (body: BodyRoom) => void;
}

export interface BodyRoom {
  taken: number;
}

export function bytesInFlight(max: number): BytesInFlight {
  let total = 0;
  return {
    take: (body, bytes) => {
      const isAlone = total === body.taken;
      if (!isAlone && total + bytes > max) return false;
      body.taken += bytes;
      total += bytes;
      return true;
    },
    release: (body) => {
      total -= body.taken;
      body.taken = 0;
    },
  };
}
