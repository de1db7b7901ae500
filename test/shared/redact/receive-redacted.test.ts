import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { toLogLine } from '../../../shared/app/log-line.ts';
import { receive } from '../../../shared/http/receive.ts';
import { changeEvents, heat, textOf, withField } from '../../support/change-events.ts';
import { deliveryOf, now, receiverWith, secret } from '../../support/deliveries.ts';
import { failing, temporaryLake } from '../../support/lakes.ts';
import { outcomesOf } from '../../support/receipts.ts';

const canary = 'canary-4111';
const rules = { REDACT: 'sample_mflix.movies: card.number; *: ssn=hash', REDACT_KEY: secret };
const document = { ...heat, card: { number: canary, until: '12/28' }, ssn: canary };
const event = withField(changeEvents.insert, 'fullDocument', document);

describe('receive() with REDACT, when the lake fails', () => {
  for (const LAKE_FILES of ['event', 'batch']) {
    it(`shows nothing of a redacted key if the write fails, with LAKE_FILES=${LAKE_FILES}`, async (t) => {
      const lake = failing(await temporaryLake(t), () => new Error(canary));
      const receiver = receiverWith(lake, { ...rules, REDACT: '*: _id', LAKE_FILES });
      const keyed = withField(event, 'documentKey', { _id: canary });

      const receipt = await receive(deliveryOf(textOf(keyed)), receiver, now);

      const told = toLogLine(receipt, { status: 503, startedMs: 0, endedMs: 1 });
      assert.deepEqual(outcomesOf(receipt), ['failed']);
      assert.doesNotMatch(JSON.stringify(receipt) + told, /canary/);
    });
  }
});
