const mostOfReceiver = 1000;

/** How many events make a batch: the value lakeBatchEvents, where the receiver takes fewer than it does by itself. */
export function batchEvents(): number {
  const events = Math.floor(Number(context.values.get('lakeBatchEvents')));
  return events >= 1 && events <= mostOfReceiver ? events : mostOfReceiver;
}
