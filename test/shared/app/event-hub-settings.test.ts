import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readSettings } from '../../../shared/app/settings.ts';

const byIdentity = { EVENT_HUB_CONNECTION__fullyQualifiedNamespace: 'ns.servicebus.windows.net' };

describe('the settings of the event hub', () => {
  it('are undefined if nothing is set, or everything is empty', () => {
    const empty = { EVENT_HUB_NAME: '', EVENT_HUB_CONNECTION: '', EVENT_HUB_CONSUMER_GROUP: ' ' };

    for (const environment of [{}, empty]) assert.equal(hubOf(environment), undefined);
  });

  it('take an identity or a connection string, and the default group', () => {
    for (const connection of [byIdentity, { EVENT_HUB_CONNECTION: 'Endpoint=sb://ns/;…' }])
      assert.deepEqual(hubOf({ EVENT_HUB_NAME: 'hub', ...connection }), { name: 'hub', consumerGroup: '$Default' });
    const group = { EVENT_HUB_CONSUMER_GROUP: 'lake' };
    assert.deepEqual(hubOf({ EVENT_HUB_NAME: 'hub', ...byIdentity, ...group }), { name: 'hub', consumerGroup: 'lake' });
  });

  const mistakes: readonly (readonly [Readonly<Record<string, string>>, RegExp])[] = [
    [{ EVENT_HUB_NAME: 'hub' }, /^EVENT_HUB_CONNECTION must be set beside EVENT_HUB_NAME, .*: it is not set$/],
    [
      { EVENT_HUB_CONNECTION: 'Endpoint=sb://ns/' },
      /^EVENT_HUB_NAME must be set beside EVENT_HUB_CONNECTION: it is not set$/,
    ],
    [{ EVENT_HUB_NAME: ' ', ...byIdentity }, /^EVENT_HUB_NAME must be set beside EVENT_HUB_CONNECTION: /],
    [{ EVENT_HUB_CONSUMER_GROUP: 'lake' }, /^EVENT_HUB_NAME must be set beside EVENT_HUB_CONSUMER_GROUP: /],
  ];
  for (const [environment, problem] of mistakes)
    it(`are refused: ${Object.keys(environment).join(', ')}`, () => {
      const read = readSettings({ LAKE_URL: 'file:./lake', ...environment });

      assert.equal(read.kind, 'invalid');
      if (read.kind === 'invalid') assert.match(read.problems.join('\n'), problem);
    });
});

function hubOf(environment: Readonly<Record<string, string>>) {
  const read = readSettings({ LAKE_URL: 'file:./lake', ...environment });
  assert(read.kind === 'valid');
  return read.settings.eventHub;
}
