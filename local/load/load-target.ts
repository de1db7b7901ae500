// Where a load puts its snapshot events: into the lake itself, or into a receiver.

export interface LoadTarget {
  /**
   * Resolves when each event is durable or refused for good, in their order. Throws a LoadStopped when that cannot be
   * reached: what was durable before stays, and the same events may be given again.
   */
  readonly deliver: (events: readonly Uint8Array[], signal: AbortSignal) => Promise<readonly Delivered[]>;
}

export type Delivered =
  | { readonly outcome: 'stored' }
  | { readonly outcome: 'alreadyStored' }
  | { readonly outcome: 'refused'; readonly reason: string };

/** The target does not take events: a person has to look. The message says what must hold. */
export class LoadStopped extends Error {
  override readonly name = 'LoadStopped';
}

/** The events as one JSON array. */
export function arrayOf(events: readonly Uint8Array[]): Buffer {
  const comma = Buffer.from(',');
  const pieces = events.flatMap((event, index) => (index === 0 ? [event] : [comma, event]));
  return Buffer.concat([Buffer.from('['), ...pieces, Buffer.from(']')]);
}
