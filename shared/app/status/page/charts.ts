// Bar charts of the last 24 hours, as SVG without a script. Each chart has a label for screen readers.
import type { HourCount } from '../hours.ts';
import { type Html, html } from './html.ts';
import { count, counted, hourName } from './words.ts';

const height = 120;
const slot = 30;

/** The large chart, for all collections together. The bars stretch to the width of the page. The labels do not. */
export function hourChart(hours: readonly HourCount[]): Html {
  const most = Math.max(1, ...hours.map(({ events }) => events));
  const bars = hours.map(({ startMs, events }, index) => {
    const tall = heightOf(events, most, height);
    return html`<g><title>${hourName(startMs)}: ${counted(events, 'event')}</title><rect class="ground" x="${index * slot}"
 y="0" width="${slot}" height="${height}"/><rect class="bar" x="${index * slot + 4}" y="${height - tall}"
 width="${slot - 8}" height="${tall}"/></g>`;
  });
  const labels = hours.filter((_, index) => index % 6 === 0 || index === hours.length - 1);
  return html`<h3>Events by the hour, UTC <span class="note">up to ${count(most)}</span></h3>
<div class="chart"><svg viewBox="0 0 ${hours.length * slot} ${height}" preserveAspectRatio="none" role="img" aria-label="${described(hours)}">${bars}</svg>
<p class="axis" aria-hidden="true">${labels.map(({ startMs }) => html`<span>${hourName(startMs)}</span>`)}</p></div>`;
}

/** The small chart in a row. It is one path, because a page can have hundreds of rows. */
export function sparkline(hours: readonly HourCount[], name: string): Html {
  const most = Math.max(1, ...hours.map(({ events }) => events));
  const bars = hours.flatMap(({ events }, index) => {
    const tall = heightOf(events, most, 24);
    return tall === 0 ? [] : [`M${index * 5} 26v-${tall}h4v${tall}z`];
  });
  const label = `${name}: ${described(hours)}`;
  return html`<svg class="spark" viewBox="0 0 120 28" preserveAspectRatio="none" role="img" aria-label="${label}"><path class="bar" d="${bars.join('')}"/><path class="base" d="M0 27h120"/></svg>`;
}

function described(hours: readonly HourCount[]): string {
  const events = hours.reduce((sum, hour) => sum + hour.events, 0);
  const [first] = hours;
  if (events === 0 || first === undefined) return 'no events in the last 24 hours';
  const peak = hours.reduce((one, other) => (other.events > one.events ? other : one), first);
  return `${counted(events, 'event')} in the last 24 hours, with a peak of ${count(peak.events)} from ${hourName(peak.startMs)} UTC`;
}

/** A single event stays visible beside a million. */
function heightOf(events: number, most: number, full: number): number {
  return events === 0 ? 0 : Math.max(2, Math.round((events / most) * full));
}
