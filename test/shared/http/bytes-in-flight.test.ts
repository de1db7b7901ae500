import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bytesInFlight } from '../../../shared/http/bytes-in-flight.ts';

describe('bytesInFlight()', () => {
  it('turns away what passes the bound', () => {
    const inFlight = bytesInFlight(100);

    assert.equal(inFlight.room().holds(60), true);
    assert.equal(inFlight.room().holds(40), true);
    assert.equal(inFlight.room().holds(1), false);
  });

  it('has room again when a body is done with', () => {
    const inFlight = bytesInFlight(100);
    const first = inFlight.room();
    first.holds(100);

    first[Symbol.dispose]();

    assert.equal(inFlight.room().holds(100), true);
  });

  it('always lets one body in, however large, also while it grows', () => {
    const inFlight = bytesInFlight(100);
    const body = inFlight.room();

    assert.equal(body.holds(150), true);
    assert.equal(body.holds(300), true);
    assert.equal(inFlight.room().holds(1), false);
  });

  it('lets a body grow only where there is room, and keeps what it has', () => {
    const inFlight = bytesInFlight(100);
    const [first, second] = [inFlight.room(), inFlight.room()];
    first.holds(50);
    second.holds(40);

    assert.equal(second.holds(51), false);
    assert.equal(second.holds(50), true);
    assert.equal(second.holds(10), true);
    assert.equal(inFlight.room().holds(1), false);
  });

  it('gives back exactly what was taken, once', () => {
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
