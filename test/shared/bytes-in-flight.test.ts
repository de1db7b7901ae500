import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bytesInFlight } from '../../shared/bytes-in-flight.ts';

describe('bytesInFlight()', () => {
  it('turns away what passes the bound', () => {
    const inFlight = bytesInFlight(100);
    const [first, second, third] = [room(), room(), room()];

    assert.equal(inFlight.take(first, 60), true);
    assert.equal(inFlight.take(second, 40), true);
    assert.equal(inFlight.take(third, 1), false);
  });

  it('has room again when a body is done with', () => {
    const inFlight = bytesInFlight(100);
    const [first, second] = [room(), room()];
    inFlight.take(first, 100);

    inFlight.release(first);

    assert.equal(inFlight.take(second, 100), true);
  });

  it('always lets one body in, however large, also while it grows', () => {
    const inFlight = bytesInFlight(100);
    const body = room();

    assert.equal(inFlight.take(body, 150), true);
    assert.equal(inFlight.take(body, 150), true);
    assert.equal(inFlight.take(room(), 1), false);
  });

  it('gives back exactly what was taken, once', () => {
    const inFlight = bytesInFlight(100);
    const [first, second] = [room(), room()];
    inFlight.take(first, 50);
    inFlight.take(second, 50);

    inFlight.release(first);
    inFlight.release(first);

    assert.equal(inFlight.take(room(), 51), false);
    assert.equal(inFlight.take(room(), 50), true);
  });
});

function room() {
  return { taken: 0 };
}
