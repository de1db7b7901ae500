// The parts of the page that only a laptop shows: the latest events with their files, and the sample.
import type { Arrival } from '../../delivery-counts.ts';
import { nameOf, type Status } from '../status.ts';
import { type Html, html } from './html.ts';
import { clockTime, span } from './words.ts';

const outcomes = {
  stored: 'stored',
  alreadyStored: 'already stored',
  refused: 'refused',
  failed: 'failed',
} as const;

/** This part is never refreshed, so that the button does not change during a click. */
export function laptopTools({ isSigned }: Status): Html {
  const signed = isSigned ? html` It is signed with the first of SIGNING_SECRETS.` : html``;
  return html`<section id="tools" aria-label="Try it"><p><button id="sample" type="button">Play the sample</button>
<span class="note">Nine changes to three films, sent through the real Atlas function.${signed}</span></p>
<p id="played" role="status"></p></section>`;
}

export function arrivalList({ arrivals }: Status): Html {
  if (arrivals.length === 0) return html`<p class="empty">No events yet. Each new event appears here.</p>`;
  return html`<p class="note">Newest first. A path opens its file.</p>
<div class="scroll" role="region" aria-label="The latest events" tabindex="0"><table role="table" class="arrivals"><caption class="quiet">The latest events</caption><thead role="rowgroup"><tr role="row">
${['Time', 'Outcome', 'Operation', 'Collection', 'Lag', 'File'].map((name) => html`<th role="columnheader" scope="col">${name}</th>`)}</tr></thead>
<tbody role="rowgroup">${arrivals.map(row)}</tbody></table></div>`;
}

function row({ atMs, outcome, event, path }: Arrival): Html {
  const lag = event === undefined ? '–' : span(atMs - event.eventMs);
  const file =
    path === undefined
      ? html`–`
      : html`<button type="button" class="path" data-path="${path}">${path.replaceAll('/', '/\u200b')}</button>`;
  return html`<tr role="row"><td role="cell" data-head="Time">${clockTime(atMs)}</td>
<td role="cell" data-head="Outcome"><span class="outcome ${outcome}">${outcomes[outcome]}</span></td>
<td role="cell" data-head="Operation">${event?.operationType ?? '–'}</td>
<td role="cell" class="name" data-head="Collection">${event === undefined ? '–' : nameOf(event.db, event.coll)}</td>
<td role="cell" data-head="Lag">${lag}</td><td role="cell" class="wide" data-head="File">${file}</td></tr>`;
}
