const longest = 3600;

/** How long bufferChangeEvent lets events wait for others: the value lakeBatchSeconds, else a minute. */
export function batchSeconds(): number {
  const seconds = Number(context.values.get('lakeBatchSeconds'));
  return seconds >= 1 && seconds <= longest ? seconds : 60;
}
