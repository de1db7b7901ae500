import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { toLogLine } from '../../../shared/app/log-line.ts';
import { receive } from '../../../shared/http/receive.ts';
import { toResponse } from '../../../shared/http/response.ts';
import { changeEvents, textOf, tokenOf } from '../../support/change-events.ts';
import { deliveryOf, now, receiverWith } from '../../support/deliveries.ts';
import { filesIn, temporaryLake } from '../../support/lakes.ts';
import { outcomesOf } from '../../support/receipts.ts';
import { documentFormats } from '../../support/written.ts';

const canary = 'canary4711canary';
const hex = Buffer.from(canary.slice(0, 12)).toString('hex');
const REDACT_KEY = `whsec_${Buffer.alloc(32, 'r').toString('base64')}`;
const secret = { email: canary, cards: [{ number: canary }], _id: { $oid: hex } };

/** One event of each operation type, with the canary in each place of content. */
const events = Object.values(changeEvents).map((event, index) => ({
  ...event,
  _id: { _data: tokenOf(index) + Buffer.from(canary).toString('hex').toUpperCase() + hex.toUpperCase() },
  fullDocument: secret,
  fullDocumentBeforeChange: secret,
  documentKey: { 'cards.number': canary, _id: { $oid: hex } },
  updateDescription: {
    updatedFields: { email: canary, 'cards.0.number': canary, 'cards.1': { number: canary } },
    removedFields: [`email.${canary}`],
    truncatedArrays: [{ field: `email.${canary}`, newSize: 1 }],
    disambiguatedPaths: { [`email.${canary}`]: ['email', canary] },
  },
  stateBeforeChange: secret,
}));

describe('receive(), with REDACT', () => {
  for (const action of ['drop', 'mask', 'hash']) {
    for (const lakeFiles of ['event', 'batch']) {
      it(`leaves no trace of a field to ${action}, in files for each ${lakeFiles}`, async (t) => {
        for (const format of documentFormats) {
          const lake = await temporaryLake(t);
          const REDACT = `*: email=${action}, cards.number=${action}, _id=${action}`;
          const receiver = receiverWith(lake, { REDACT, REDACT_KEY, LAKE_FILES: lakeFiles, DOCUMENT_FORMAT: format });

          const receipt = await receive(deliveryOf(textOf(events)), receiver, now);
          const again = await receive(deliveryOf(textOf(events)), receiver, now);

          assert.deepEqual(new Set(outcomesOf(receipt)), new Set(['stored']));
          assert.deepEqual(new Set(outcomesOf(again)), new Set(['alreadyStored']));
          const files = await filesIn(lake.folder);
          assert.ok(files.size > 0);
          const logged = toLogLine(receipt, { status: 200, startedMs: 0, endedMs: 1 });
          const told = [...[...files].flat(), JSON.stringify(toResponse(receipt, receiver.settings)), logged]
            .join('\n')
            .toLowerCase();
          for (const needle of [canary, hex, Buffer.from(canary).toString('hex')]) assert.ok(!told.includes(needle));
        }
      });
    }
  }
});
