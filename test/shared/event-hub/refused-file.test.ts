import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readRefusedFile, refusedFile } from '../../../shared/event-hub/refused-file.ts';
import { pathName } from '../../../shared/lake/path-name.ts';

const invocation = { namespace: 'ns', hub: 'hub', consumerGroup: 'lake', partition: '3', messages: [] };
const message = { body: Buffer.from('{"a":1}'), sequenceNumber: '41', enqueuedMs: 0, partitionKey: 'key' };
const plain = { directory: 'atlas', withBody: true };

describe('refusedFile()', () => {
  it('is named only by hub, partition and sequence number', () => {
    const one = refusedFile(invocation, message, 'a reason', plain);
    const other = refusedFile({ ...invocation, namespace: 'other' }, { ...message, enqueuedMs: 1 }, 'another', plain);

    assert.equal(one.path, 'atlas/~refused/hub/3/41.refused');
    assert.equal(other.path, one.path);
    assert.equal(refusedFile(invocation, message, 'r', { ...plain, directory: '' }).path, '~refused/hub/3/41.refused');
  });

  it('stays in its folder with any name of the hub', () => {
    const { path } = refusedFile({ ...invocation, hub: '../x', partition: '../../y' }, message, 'r', plain);

    assert.equal(path, 'atlas/~refused/~2E.~2Fx/~2E.~2F..~2Fy/41.refused');
  });

  it('is in a folder that no database can have', () => {
    assert.notEqual(pathName('~refused'), '~refused');
    assert.match(pathName('~refused'), /^~7E/);
  });

  for (const [name, body] of [
    ['text', Buffer.from('{"é":"\n"}')],
    ['bytes', Buffer.from([0, 255, 128])],
    ['nothing', Buffer.alloc(0)],
  ] as const)
    it(`returns the same message: ${name}`, () => {
      const { content } = refusedFile(invocation, { ...message, body }, 'a reason', plain);

      const read = readRefusedFile(content);

      assert.deepEqual(
        { ...read, body: Buffer.from(read?.body ?? [1]) },
        {
          reason: 'a reason',
          hub: 'hub',
          partition: '3',
          sequenceNumber: '41',
          body,
        },
      );
    });

  it('has no body and no key with redaction', () => {
    const { content } = refusedFile(invocation, message, 'a reason', { ...plain, withBody: false });

    assert.equal(readRefusedFile(content)?.body, undefined);
    assert.doesNotMatch(content.toString(), /"a"|key/);
    assert.match(
      Buffer.from(content).toString(),
      /"sha256":"015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862"/,
    );
  });
});

describe('readRefusedFile()', () => {
  for (const text of [
    '',
    'no JSON',
    '[]',
    '{"reason":"r"}',
    '{"reason":1,"hub":"h","partition":"0","sequenceNumber":"1"}',
  ])
    it(`ignores a file that is no refused message: ${text}`, () => {
      assert.equal(readRefusedFile(Buffer.from(text)), undefined);
    });
});
