// Limits the bytes of messages that one instance works on at once. A sender by HTTP can be asked to come again. The
// host cannot, so messages over the limit wait.

export interface ByteGate {
  /** Resolves when there is room, in the order of the calls. Disposing returns the room. Too many bytes enter alone. */
  readonly enter: (bytes: number, signal: AbortSignal) => Promise<Disposable>;
}

interface Waiting {
  readonly bytes: number;
  readonly enter: () => void;
}

export function byteGate(max: number): ByteGate {
  let total = 0;
  const waiting: Waiting[] = [];

  function letIn(): void {
    for (let next = waiting[0]; next !== undefined && fits(next.bytes); next = waiting[0]) {
      waiting.shift();
      total += next.bytes;
      next.enter();
    }
  }

  function fits(bytes: number): boolean {
    return total === 0 || total + bytes <= max;
  }

  return {
    enter: (bytes, signal) => {
      const { promise, resolve, reject } = Promise.withResolvers<Disposable>();
      const one: Waiting = { bytes, enter: () => resolve({ [Symbol.dispose]: leave }) };
      const giveUp = (): void => {
        const at = waiting.indexOf(one);
        if (at === -1) return;
        waiting.splice(at, 1);
        reject(signal.reason);
        letIn();
      };
      function leave(): void {
        total -= bytes;
        letIn();
      }
      if (signal.aborted) reject(signal.reason);
      else {
        signal.addEventListener('abort', giveUp, { once: true });
        waiting.push(one);
        letIn();
      }
      return promise.finally(() => signal.removeEventListener('abort', giveUp));
    },
  };
}
