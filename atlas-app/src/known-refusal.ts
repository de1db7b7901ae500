/** How the receiver's own reasons begin. Whoever else writes a receipt could put anything into one, and Atlas would log it. */
const ownRefusal =
  /^(?:answered 4\d\d(?: [a-z-]+)?$|Cannot read change event: "(?:_id|operationType|clusterTime|wallTime|ns)" must be)/;

/** As much of a refusal's reason as may be told outside of the outbox. */
export function knownRefusal(reason: string): string | undefined {
  const known = ownRefusal.exec(reason);
  return known === null ? undefined : known[0];
}
