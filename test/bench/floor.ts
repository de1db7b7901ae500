// The minimum of a program: puts files of the same bytes, without receiving, checking, signing or naming anything. It
// runs in a separate process, and sends on request.
import type { Agent } from 'node:http';
import { lineOf, nextEvent } from './events.ts';
import { answerTo, latenciesOf } from './load.ts';
import { beMeasured } from './measured.ts';

const url = process.env['LAKE_URL'] ?? '';
const headers = { 'content-type': 'application/json', 'if-none-match': '*', 'x-ms-blob-type': 'BlockBlob' };
const line = lineOf(nextEvent());
let files = 0;

beMeasured({}, async ({ concurrency, forMs }) => {
  const put = async (agent: Agent): Promise<void> => {
    const { status } = await answerTo({ url: `${url}/change-${files++}.json`, method: 'PUT', agent, headers }, line);
    if (status !== 201) throw new Error(`Cannot measure: a file must be put: it is answered with ${status}`);
  };
  return { latencies: await latenciesOf({ concurrency: Number(concurrency), forMs: Number(forMs) }, put) };
});
