// The table of collections. On a narrow screen it is a list of cards.
import type { CollectionStatus, Status } from '../status.ts';
import { sparkline } from './charts.ts';
import { type Html, html, nothing } from './html.ts';
import { ago, count, counted, size, span } from './words.ts';

/** From this number of collections on, the page has a filter. */
const filterFrom = 8;
/** A row takes a kilobyte and time, and nobody reads thousands of rows. */
const maxRows = 500;

export function collectionTable({ collections, nowMs, hasTables, hasMore }: Status): Html {
  if (collections.length === 0) return html`<p class="empty">The lake has no collections yet.</p>`;
  const names = ['Collection', 'Events by the hour', 'Events', 'Files', 'Size', 'Newest', 'Lag', 'Late', 'Failed'];
  const heads = hasTables ? [...names, 'Table'] : names;
  const isCut = hasMore || collections.length > maxRows;
  return html`${collections.length < filterFrom ? nothing : filter}${isCut ? cut : nothing}
<table role="table"><caption class="quiet">Each collection in the last 24 hours</caption>
<thead role="rowgroup"><tr role="row">${heads.map((name) => html`<th role="columnheader" scope="col">${name}</th>`)}</tr></thead>
<tbody role="rowgroup">${collections.slice(0, maxRows).map((one) => row(one, nowMs, hasTables))}</tbody></table>`;
}

const filter = html`<p class="filter"><label for="filter">Show collections with</label>
<input id="filter" type="search" autocomplete="off" spellcheck="false"></p>`;

const cut = html`<p class="note">The lake has more collections than are shown here. Those with trouble come first, then the
busiest.</p>`;

function row(one: CollectionStatus, nowMs: number, hasTables: boolean): Html {
  const { name, hours, total, isPartial, lagMs, failed } = one;
  const more = isPartial && hours !== undefined ? '+' : '';
  const known = (text: Html | string): Html | string => (hours === undefined ? '…' : text);
  const cells: [string, Html | string][] = [
    ['Events', known(`${count(total.events)}${more}`)],
    ['Files', known(`${count(total.files)}${more}`)],
    ['Size', known(`${size(total.bytes)}${more}`)],
    ['Newest', known(total.newest === undefined ? '–' : ago(total.newest.eventMs, nowMs))],
    ['Lag', known(lagMs === undefined ? '–' : span(lagMs))],
    ['Late', known(marked(total.late))],
    ['Failed', marked(failed)],
    ...(hasTables ? [['Table', tableCell(one, nowMs)] satisfies [string, Html]] : []),
  ];
  return html`<tr role="row" data-name="${name}"><th role="rowheader" scope="row">${name}</th>
<td role="cell" class="picture">${hours === undefined ? html`<span class="note">not counted yet</span>` : sparkline(hours, name)}</td>
${cells.map(([head, cell]) => html`<td role="cell" data-head="${head}">${cell}</td>`)}</tr>`;
}

function marked(number: number): Html | string {
  return number === 0 ? '0' : html`<strong class="warn">${count(number)}</strong>`;
}

function tableCell({ table, total }: CollectionStatus, nowMs: number): Html {
  if (table === undefined) return html`…`;
  if (table.fault !== undefined) return html`<strong class="warn">cannot be read</strong>`;
  if (!table.exists || table.newestMs === undefined) return html`empty`;
  const behindMs = total.newest === undefined ? 0 : total.newest.eventMs - table.newestMs;
  const rows = table.rows === null ? html`` : html`<br><span class="note">${counted(table.rows, 'row')}</span>`;
  return html`${behindMs <= 0 ? html`up to date` : html`up to ${ago(table.newestMs, nowMs)}`}${rows}`;
}
