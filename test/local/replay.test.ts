import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { command } from '../../local/commands/replay.ts';
import { refusedFile } from '../../shared/event-hub/refused-file.ts';
import { changeEvents, textOf } from '../support/change-events.ts';
import { performed } from '../support/commands.ts';
import { type TemporaryLake, temporaryLake, unreachableLake } from '../support/lakes.ts';
import { never } from '../support/never.ts';

const reason = 'Cannot read message: it must be JSON: it is not';

describe('npm run replay', () => {
  it('stores the messages that are valid now, and keeps the rest with its reason', async (t) => {
    const lake = await temporaryLake(t);
    await refuse(lake, '7', textOf(changeEvents.insert), true);
    await refuse(lake, '8', 'still no JSON', true);

    const first = await performed(command, { LAKE_URL: `file:${lake.folder}` }, '--refused');
    const second = await performed(command, { LAKE_URL: `file:${lake.folder}` }, '--refused');

    assert.equal(first.code, 1);
    assert.match(first.output, /Refused again: hub hub, partition 0, sequence number 8: .*must be JSON/);
    assert.match(first.output, /1 stored, 1 refused again, 0 without a body, 0 failed/);
    assert.match(second.output, /0 stored, 1 refused again/);
    assert.equal((await lake.files()).size, 1);
    assert.deepEqual(await refusedIn(lake), ['~refused/hub/0/8.refused']);
  });

  it('names the place in the hub of a message without a body', async (t) => {
    const lake = await temporaryLake(t);
    await refuse(lake, '9', textOf(changeEvents.insert), false);

    const { code, output } = await performed(command, { LAKE_URL: `file:${lake.folder}` }, '--refused');

    assert.equal(code, 1);
    assert.match(output, /Without a body: hub hub, partition 0, sequence number 9: /);
    assert.equal((await lake.files()).size, 0);
  });

  it('says in one line that the store does not answer', async () => {
    const { code, output } = await performed(command, unreachableLake, '--refused');

    assert.equal(code, 1);
    assert.match(
      output,
      /^Cannot read ~refused: the lake must answer: RestError ECONNREFUSED: npm run doctor shows the cause$/m,
    );
  });

  it('does nothing if no message was refused', async (t) => {
    const lake = await temporaryLake(t);

    const { code, output } = await performed(command, { LAKE_URL: `file:${lake.folder}` }, '--refused');

    assert.equal(code, 0);
    assert.match(output, /^0 stored/m);
  });

  it('needs --refused', async () => {
    const { code, output } = await performed(command, {});

    assert.equal(code, 1);
    assert.match(output, /Cannot replay: --refused must be given/);
  });
});

async function refuse(
  lake: TemporaryLake,
  sequenceNumber: string,
  body: string | Uint8Array,
  withBody: boolean,
): Promise<void> {
  const invocation = { namespace: 'ns', hub: 'hub', consumerGroup: '$Default', partition: '0', messages: [] };
  const message = { body: Buffer.from(body), sequenceNumber, enqueuedMs: 0, partitionKey: 'k' };
  const { path, content } = refusedFile(invocation, message, reason, { directory: '', withBody });
  await lake.create(path, content, 'application/json', never);
}

async function refusedIn({ reader }: TemporaryLake): Promise<string[]> {
  const pages = await Array.fromAsync(reader.list('~refused', never));
  return pages.flat().map(({ path }) => path);
}
