import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';
import { BlobServiceClient } from '@azure/storage-blob';
import type { Check } from '../../../local/doctor/check.ts';
import { checkHub } from '../../../local/doctor/hub/hub-checks.ts';
import { lagOf } from '../../../local/doctor/hub/hub-lag.ts';
import { type Azurite, emulatorAccount, emulatorKey, startAzurite } from '../../support/azurite.ts';
import { settingsWith } from '../../support/deliveries.ts';
import { nowMs, type StandIn, standIn, startHub } from '../../support/event-hub-server.ts';

const byIdentity = {
  LAKE_URL: 'file:./lake',
  EVENT_HUB_NAME: 'MongoDB',
  EVENT_HUB_CONNECTION__fullyQualifiedNamespace: standIn.host,
  EVENT_HUB_CONNECTION__clientId: 'client-of-the-app',
};
const connection = `Endpoint=sb://${standIn.host}/;SharedAccessKeyName=lake;SharedAccessKey=${standIn.key}`;
const { EVENT_HUB_CONNECTION__fullyQualifiedNamespace: _, EVENT_HUB_CONNECTION__clientId: __, ...named } = byIdentity;
const byKey = { ...named, EVENT_HUB_CONNECTION: connection };

describe('checkHub()', () => {
  let azurite: Azurite;
  let storage: string;
  before(async () => {
    azurite = await startAzurite();
    const endpoint = `${azurite.origin}/${emulatorAccount}`;
    storage = `DefaultEndpointsProtocol=http;AccountName=${emulatorAccount};AccountKey=${emulatorKey};BlobEndpoint=${endpoint};`;
  });
  after(() => azurite.stop());

  it('makes no check if no hub is named', async (t) => {
    assert.deepEqual(await checksOf(t, { LAKE_URL: 'file:./lake' }), []);
  });

  it('says that the host has never run, then how many messages wait in each partition', async (t) => {
    const [, , never] = await checksOf(t, { ...byIdentity, AzureWebJobsStorage: storage });
    await checkpoint(storage, '0', '40');

    const checks = await checksOf(t, { ...byIdentity, AzureWebJobsStorage: storage });

    assert.match(never?.told ?? '', /the trigger has never run/);
    assert.deepEqual(
      checks.map(({ outcome, told }) => [outcome, told]),
      [
        ['ok', 'MongoDB and its consumer group $Default answer: 2 partitions'],
        ['ok', 'the identity of the app may receive'],
        ['ok', 'waiting messages by partition: 0: 1, 1: 0'],
      ],
    );
  });

  it('signs with the key of a connection string, and then needs no role', async (t) => {
    const [hub, role] = await checksOf(t, byKey);
    const [wrong] = await checksOf(t, { ...byKey, EVENT_HUB_CONNECTION: `${connection}x` });

    assert.deepEqual([hub?.outcome, role?.told], ['ok', 'a connection string needs no role']);
    assert.match(wrong?.told ?? '', /answered 401/);
    assert.match(wrong?.fix ?? '', /authorization-rule keys list/);
  });

  const refusals: [string, Partial<StandIn>, Record<string, string>, RegExp, RegExp][] = [
    ['a hub that is not there', {}, { EVENT_HUB_NAME: 'another' }, /answered 404/, /else EVENT_HUB_NAME is wrong/],
    ['a group that is not there', {}, { EVENT_HUB_CONSUMER_GROUP: 'lake' }, /answered 404/, /create .* --name 'lake'/],
    ['a sign-in without the role', { mayRead: false }, {}, /answered 401/, /Azure Event Hubs Data Receiver/],
    [
      'a namespace that nobody can ask',
      {},
      { EVENT_HUB_CONNECTION__fullyQualifiedNamespace: 'evil.example/x' },
      /must name a namespace/,
      /servicebus\.windows\.net/,
    ],
  ];
  for (const [name, changed, environment, told, fix] of refusals)
    it(`says what to do about ${name}`, async (t) => {
      const [hub, , lag] = await checksOf(t, { ...byIdentity, ...environment }, changed);

      assert.equal(hub?.outcome, 'failed');
      assert.match(hub?.told ?? '', told);
      assert.match(hub?.fix ?? '', fix);
      assert.equal(lag?.outcome, 'leftOut');
    });

  it("fails if the app's identity has no role, and skips the check if the person may not look", async (t) => {
    const [, none] = await checksOf(t, byIdentity, { receivers: ['another-principal'] });
    const [, anybody] = await checksOf(t, { ...byIdentity, EVENT_HUB_CONNECTION__clientId: '' });
    const [, closed] = await checksOf(t, byIdentity, { mayAskArm: false });

    assert.equal(none?.outcome, 'failed');
    assert.match(none?.fix ?? '', /az role assignment create/);
    assert.match(anybody?.told ?? '', /^1 identities may receive/);
    assert.equal(closed?.outcome, 'leftOut');
    assert.match(closed?.told ?? '', /answers 403/);
  });

  it("names the setting of the checkpoints' storage", async (t) => {
    const [, , lag] = await checksOf(t, byIdentity);

    assert.equal(lag?.outcome, 'leftOut');
    assert.match(lag?.fix ?? '', /AzureWebJobsStorage__blobServiceUri/);
  });

  it('shows no key and no token', async (t) => {
    const all = JSON.stringify([await checksOf(t, byKey), await checksOf(t, byIdentity, { mayRead: false })]);

    assert(!all.includes(standIn.key) && !all.includes('token-for'), all);
  });
});

describe('lagOf()', () => {
  const at = (sequenceNumber: bigint, agoMs: number) => ({ sequenceNumber, writtenMs: nowMs - agoMs });

  it('fails if messages wait and the checkpoint does not move', () => {
    const still = lagOf([{ id: '3', begin: 0n, end: 9n }], new Map([['3', at(4n, 16 * 60_000)]]), nowMs);
    const goes = lagOf([{ id: '3', begin: 0n, end: 9n }], new Map([['3', at(4n, 60_000)]]), nowMs);
    const done = lagOf([{ id: '3', begin: 0n, end: 9n }], new Map([['3', at(9n, 86_400_000)]]), nowMs);
    const never = lagOf([{ id: '3', begin: 5n, end: 9n }], new Map(), nowMs);

    assert.deepEqual(
      [still, goes, done, never].map(({ outcome }) => outcome),
      ['failed', 'ok', 'ok', 'failed'],
    );
    assert.match(still.told, /3 made none for 15 minutes; waiting by partition: 3: 5/);
    assert.match(never.told, /3: 5$/);
  });

  it('fails if messages expired before they were read', () => {
    const lost = lagOf([{ id: '0', begin: 100n, end: 120n }], new Map([['0', at(89n, 1000)]]), nowMs);

    assert.equal(lost.outcome, 'failed');
    assert.match(lost.told, /expired by partition: 0: 10;/);
  });
});

async function checksOf(
  t: TestContext,
  environment: Record<string, string>,
  changed: Partial<StandIn> = {},
): Promise<Check[]> {
  const reach = await startHub(t, { ...standIn, ...changed });
  return await Array.fromAsync(checkHub(settingsWith(environment), environment, async () => reach));
}

/** As the host's extension writes it: all names in lower case, an empty blob, and the checkpoint in the metadata. */
async function checkpoint(storage: string, partition: string, sequencenumber: string): Promise<void> {
  const container = BlobServiceClient.fromConnectionString(storage).getContainerClient('azure-webjobs-eventhub');
  await container.createIfNotExists();
  const name = `${standIn.host}/mongodb/$default/checkpoint/${partition}`;
  const metadata = { offset: 'no offset', sequencenumber, clientidentifier: 'host' };
  await container.getBlockBlobClient(name).upload('', 0, { metadata });
}
