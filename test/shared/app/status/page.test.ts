import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { countDeliveries } from '../../../../shared/app/delivery-counts.ts';
import { statusPage } from '../../../../shared/app/status/page/page.ts';
import { statusOf } from '../../../../shared/app/status/status.ts';

const now = new Date('2026-11-20T10:30:00Z');

describe('statusPage()', () => {
  it('has 500 collections at most, and says that there are more', () => {
    const page = pageOf(2_000);

    assert.equal(page.split('data-name=').length - 1, 500);
    assert.match(page, /<dt>Collections<\/dt><dd>2,000/);
    assert.match(page, /more collections than are shown/);
    assert(page.length < 1_000_000, `${page.length}`);
  });

  it('does not mention more collections if it shows all', () => {
    assert.doesNotMatch(pageOf(3), /more collections than are shown/);
  });
});

function pageOf(count: number): string {
  const collections = Array.from({ length: count }, (_, index) => ({
    db: 'shop',
    coll: `c${index}`,
    folder: `shop/c${index}`,
    hours: undefined,
    isPartial: true,
  }));
  const view = { atMs: now.getTime(), fault: undefined, collections, waiting: count, hasMore: false };
  const deliveries = countDeliveries(now.getTime(), false).read();
  const parts = { lake: 'lake', isSigned: true, isLaptop: false, isHealthy: true, tables: undefined };
  return statusPage(statusOf({ ...parts, now, view, deliveries }));
}
