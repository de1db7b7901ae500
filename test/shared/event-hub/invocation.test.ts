import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readInvocation } from '../../../shared/event-hub/invocation.ts';

const body = Buffer.from('{}');
const metadata = {
  sequenceNumberArray: [41],
  enqueuedTimeUtcArray: ['2026-11-20T10:15:30.5'],
  partitionKeyArray: ['key'],
  partitionContext: { PartitionId: '3', EventHubName: 'hub', FullyQualifiedNamespace: 'ns', ConsumerGroup: 'lake' },
};

describe('readInvocation()', () => {
  it('gives the origin of each message', () => {
    assert.deepEqual(readInvocation([body], metadata, 'other'), {
      namespace: 'ns',
      hub: 'hub',
      consumerGroup: 'lake',
      partition: '3',
      messages: [
        { body, sequenceNumber: '41', enqueuedMs: Date.UTC(2026, 10, 20, 10, 15, 30, 500), partitionKey: 'key' },
      ],
    });
  });

  for (const [name, number, expected] of [
    ['a number', 9_007_199_254_740_991, '9007199254740991'],
    ['a text', '9007199254740993', '9007199254740993'],
    ['a 64-bit number of the worker', { low: 1, high: 2_097_152, unsigned: false }, '9007199254740993'],
    ['a 64-bit number with a negative low half', { low: -1, high: 0, unsigned: false }, '4294967295'],
  ] as const)
    it(`reads a sequence number exactly that comes as ${name}`, () => {
      const { messages } = readInvocation([body], { ...metadata, sequenceNumberArray: [number] }, 'hub');

      assert.equal(messages[0]?.sequenceNumber, expected);
    });

  it('needs no fields that only the log and ~refused use', () => {
    const { partitionContext, sequenceNumberArray } = metadata;
    const { messages } = readInvocation([body, body], { partitionContext, sequenceNumberArray: [1, 2] }, 'hub');

    assert.deepEqual(
      messages.map(({ enqueuedMs }) => enqueuedMs),
      [undefined, undefined],
    );
    assert.deepEqual(sequenceNumberArray, [41]);
  });

  const faults: readonly (readonly [string, unknown, unknown, RegExp])[] = [
    ['one value', body, metadata, /must pass a list/],
    ['parsed values', [{ a: 1 }], metadata, /must pass bytes/],
    ['no partition', [body], { sequenceNumberArray: [1] }, /name their partition/],
    ['no sequence numbers', [body], { partitionContext: metadata.partitionContext }, /a sequence number/],
    ['too few sequence numbers', [body, body], metadata, /a sequence number/],
    ['a path for a sequence number', [body], { ...metadata, sequenceNumberArray: ['../1'] }, /a sequence number/],
  ];
  for (const [name, bodies, given, message] of faults)
    it(`throws, so that the messages come again, if the host passes ${name}`, () => {
      assert.throws(() => readInvocation(bodies, given, 'hub'), message);
    });
});
