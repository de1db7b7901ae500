import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bytesInFlight } from '../../../shared/http/bytes-in-flight.ts';

describe('bytesInFlight()', () => {
  it('rejects bytes over the limit', () => {
    const inFlight = bytesInFlight(100);

    assert.equal(inFlight.room().holds(60), true);
    assert.equal(inFlight.room().holds(40), true);
    assert.equal(inFlight.room().holds(1), false);
  });

  it('has room again when a body is disposed of', () => {
    const inFlight = bytesInFlight(100);
    const first = inFlight.room();
    first.holds(100);

    first[Symbol.dispose]();

    assert.equal(inFlight.room().holds(100), true);
  });

  it('always accepts one body, however large, also while it grows', () => {
    const inFlight = bytesInFlight(100);
    const body = inFlight.room();

    assert.equal(body.holds(150), true);
    assert.equal(body.holds(300), true);
    assert.equal(inFlight.room().holds(1), false);
  });

  it('lets a body grow only if there is room, and keeps its room', () => {
    const inFlight = bytesInFlight(100);
    const [first, second] = [inFlight.room(), inFlight.room()];
    first.holds(50);
    second.holds(40);

    assert.equal(second.holds(51), false);
    assert.equal(second.holds(50), true);
    assert.equal(second.holds(10), true);
    assert.equal(inFlight.room().holds(1), false);
  });

  it('keeps room for small bodies beside a large one', () => {
    const inFlight = bytesInFlight(25_600);
    inFlight.room().holds(25_600);
    const small = Array.from({ length: 17 }, () => inFlight.room());

    const held = small.map((room) => room.holds(100));

    assert.deepEqual([held.filter(Boolean).length, held.at(-1)], [16, false]);
    assert.equal(inFlight.room().holds(101), false);
  });

  it('moves a body that grows out of the room for small ones', () => {
    const inFlight = bytesInFlight(25_600);
    const body = inFlight.room();
    body.holds(100);
    body.holds(25_600);

    assert.equal(inFlight.room().holds(101), false);
    body[Symbol.dispose]();
    assert.equal(inFlight.room().holds(25_600), true);
  });

  it('limits the text of one request, and of all requests together', () => {
    const inFlight = bytesInFlight(100);
    const [first, second] = [inFlight.text(300), inFlight.text(300)];

    assert.deepEqual([first.take(300), first.take(1), first.isPassed()], [true, false, true]);
    assert.deepEqual([second.take(100), second.take(1), second.isPassed()], [true, false, false]);
    first.give(200);
    assert.equal(second.take(200), true);
    first[Symbol.dispose]();
    second[Symbol.dispose]();
    assert.equal(inFlight.text(400).take(400), true);
  });

  it('returns exactly the taken bytes, once', () => {
    const inFlight = bytesInFlight(100);
    const [first, second] = [inFlight.room(), inFlight.room()];
    first.holds(50);
    second.holds(50);

    first[Symbol.dispose]();
    first[Symbol.dispose]();

    assert.equal(inFlight.room().holds(51), false);
    assert.equal(inFlight.room().holds(50), true);
  });
});
