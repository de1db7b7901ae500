import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { toLogLine } from '../../../shared/log-line.ts';
import { receive } from '../../../shared/receive.ts';
import { toResponse } from '../../../shared/response.ts';
import { changeEvents, heat, textOf, withField } from '../../support/change-events.ts';
import { deliveryOf, now, receiverWith, secret } from '../../support/deliveries.ts';
import { failing, temporaryLake } from '../../support/lakes.ts';
import { outcomesOf } from '../../support/receipts.ts';

const canary = 'canary-4111';
const rules = { REDACT: 'sample_mflix.movies: card.number; *: ssn=hash', REDACT_KEY: secret };
const document = { ...heat, card: { number: canary, until: '12/28' }, ssn: canary };
const event = withField(changeEvents.insert, 'fullDocument', document);

describe('receive() with REDACT', () => {
  for (const LAKE_FILES of ['event', 'batch']) {
    it(`has what is redacted in no file, answer or log line, with LAKE_FILES=${LAKE_FILES}`, async (t) => {
      const lake = await temporaryLake(t);
      const receiver = receiverWith(lake, { ...rules, LAKE_FILES });

      const receipt = await receive(deliveryOf(textOf([event])), receiver, now);

      const files = [...(await lake.files())].flat().join();
      const told = toLogLine(receipt, { status: 200, startedMs: 0, endedMs: 1 });
      assert.deepEqual(outcomesOf(receipt), ['stored']);
      assert.match(files, /"until":"12\/28"/);
      assert.match(files, /"ssn":"hmac:[0-9a-f]{32}"/);
      for (const text of [files, told, toResponse(receipt, receiver.settings).body])
        assert.doesNotMatch(text, /canary|4111/);
    });

    it(`finds its file when the event comes again, with LAKE_FILES=${LAKE_FILES}`, async (t) => {
      const receiver = receiverWith(await temporaryLake(t), { ...rules, REDACT: '*: _id=hash', LAKE_FILES });

      const first = await receive(deliveryOf(textOf(event)), receiver, now);
      const second = await receive(deliveryOf(textOf(event)), receiver, now);

      assert.deepEqual([...outcomesOf(first), ...outcomesOf(second)], ['stored', 'alreadyStored']);
    });

    it(`tells nothing of a redacted key where the write fails, with LAKE_FILES=${LAKE_FILES}`, async (t) => {
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
