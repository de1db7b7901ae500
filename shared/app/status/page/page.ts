// The status page as HTML. It shows everything without a script. The script only refreshes it.
import type { Status } from '../status.ts';
import { hourChart } from './charts.ts';
import { collectionTable } from './collections.ts';
import { type Html, html, nothing } from './html.ts';
import { arrivalList, laptopTools } from './laptop.ts';
import { problemsOf } from './problems.ts';
import { script } from './script.ts';
import { style } from './style.ts';
import { ago, clockTime, count, counted, size, span } from './words.ts';

export function statusPage(status: Status): string {
  const body = html`
${section('problems', 'What needs attention', problemsOf(status))}
${status.isLaptop ? laptopTools(status) : nothing}
${section('totals', 'The last 24 hours', totals(status))}
${status.isLaptop ? section('arrivals', 'Latest events', arrivalList(status)) : nothing}
${section('collections', 'Collections', collectionTable(status))}
${section('process', 'This process', ownCounts(status))}`;
  return document(header(status), body, status.isLaptop);
}

/** With wrong settings the lake is not open, so there are no counts. */
export function misconfiguredPage(problems: readonly string[]): string {
  const list = html`<ul class="problems">${problems.map((problem) => html`<li>${problem}</li>`)}</ul>
<p>Senders keep their events until this is fixed. The settings are listed in README.md.</p>`;
  return document(
    html`<h1>Atlas Lake Sync</h1><p class="badges"><span class="badge bad">Settings are wrong</span></p>`,
    section('problems', 'Wrong settings', list),
    false,
  );
}

function document(head: Html, body: Html, isLaptop: boolean): string {
  return html`<!doctype html>
<html lang="en" data-refresh="${isLaptop ? 2 : 60}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>Atlas Lake Sync: status</title><link rel="icon" href="data:,">
<style>${{ html: style }}</style></head>
<body><a class="skip" href="#main">Skip to the numbers</a>
<header id="head" data-live>${head}</header>
<main id="main">${body}</main>
<p id="refreshed" role="status" class="note"></p>
<dialog id="file" aria-labelledby="file-name"><form method="dialog"><h2 id="file-name">File</h2><button>Close</button></form>
<pre id="file-text" tabindex="0"></pre></dialog>
<script>${{ html: script }}</script></body></html>
`.html;
}

function section(id: string, title: string, content: Html): Html {
  if (content.html === '') return html`<section id="${id}" data-live hidden></section>`;
  return html`<section id="${id}" data-live aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>${content}</section>`;
}

function header(status: Status): Html {
  const { isHealthy, fault, isSigned, lake } = status;
  return html`<h1>Atlas Lake Sync</h1><p class="place">${lake}</p>
<p class="badges">${isHealthy ? badge('good', 'Lake answers') : badge('bad', 'Lake does not answer')}
${fault === undefined ? nothing : badge('bad', 'Lake cannot be listed')}${badge('good', 'Settings are valid')}
${isSigned ? badge('good', 'Signatures are required') : badge('plain', 'Signatures are not required')}</p>
<p class="when">Counted at ${clockTime(status.countedMs)} UTC</p>`;
}

function badge(kind: 'good' | 'bad' | 'plain', text: string): Html {
  return html`<span class="badge ${kind}">${text}</span>`;
}

function totals({ hours, collections, nowMs, isLaptop, waiting }: Status): Html {
  const sum = (pick: (hour: Status['hours'][number]) => number): number =>
    hours.reduce((total, hour) => total + pick(hour), 0);
  const events = sum((hour) => hour.events);
  const newest = hours.findLast((hour) => hour.newest !== undefined)?.newest;
  const more = collections.some(({ isPartial }) => isPartial) ? '+' : '';
  const tiles = html`<dl class="tiles">
<div><dt>Events</dt><dd>${count(events)}${more}</dd></div>
<div><dt>Files</dt><dd>${count(sum((hour) => hour.files))}${more}</dd></div>
<div><dt>Size</dt><dd>${size(sum((hour) => hour.bytes))}${more}</dd></div>
<div><dt>Collections</dt><dd>${count(collections.length)}</dd></div>
<div><dt>Newest event</dt><dd>${newest === undefined ? '–' : ago(newest.eventMs, nowMs)}</dd></div>
<div><dt>Lag of the newest</dt><dd>${newest === undefined ? '–' : span(newest.writtenMs - newest.eventMs)}</dd></div></dl>`;
  const reached =
    waiting === 0
      ? nothing
      : html`<p class="note">${counted(waiting, 'collection')} not counted yet. The next views count them.</p>`;
  if (events > 0) return html`${tiles}${hourChart(hours)}${reached}`;
  const hint = isLaptop
    ? 'Play the sample above, or post an event.'
    : 'Once the Atlas trigger is on, each change appears here within a minute.';
  return html`${tiles}<p class="empty">No events in the last 24 hours. ${hint}</p>${reached}`;
}

function ownCounts({ deliveries: { deliveries, events, problems, sinceMs }, nowMs }: Status): Html {
  const rejected = Object.entries(problems).map(
    ([kind, times]) => html`<div><dt>Rejected: ${kind}</dt><dd>${count(times)}</dd></div>`,
  );
  return html`<p class="note">Since its start, ${ago(sinceMs, nowMs)}. In Azure each instance has its own counts.</p>
<dl class="tiles small"><div><dt>Deliveries</dt><dd>${count(deliveries)}</dd></div>
<div><dt>Stored</dt><dd>${count(events.stored)}</dd></div>
<div><dt>Already stored</dt><dd>${count(events.alreadyStored)}</dd></div>
<div><dt>Refused</dt><dd>${count(events.refused)}</dd></div>
<div><dt>Failed</dt><dd>${count(events.failed)}</dd></div>${rejected}</dl>`;
}
