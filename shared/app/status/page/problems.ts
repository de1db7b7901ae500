// Lists the problems. Each sentence says what happens next, or what to do.
import type { Status } from '../status.ts';
import { type Html, html, nothing } from './html.ts';
import { counted } from './words.ts';

interface Problem {
  /** After a `warning` nothing is lost, and nothing is urgent. */
  readonly kind: 'problem' | 'warning';
  readonly text: string;
}

export function problemsOf(status: Status): Html {
  const problems = found(status);
  if (problems.length === 0) return nothing;
  return html`<ul class="problems">${problems.map(({ kind, text }) => html`<li class="${kind}">${text}</li>`)}</ul>`;
}

function found({ isHealthy, fault, deliveries, collections, isLaptop }: Status): readonly Problem[] {
  const doctor = isLaptop ? 'npm run doctor examines it.' : 'npm run doctor -- --url <this app> examines it.';
  const { failed, refused } = deliveries.events;
  const late = collections.reduce((sum, { total }) => sum + total.late, 0);
  const broken = collections.filter(({ table }) => table?.fault !== undefined);
  return [
    ...(isHealthy ? [] : [problem(`The lake does not answer. Senders keep their events and try again. ${doctor}`)]),
    ...(fault === undefined
      ? []
      : [problem(`The lake cannot be listed (${fault}): the numbers below are old or missing. ${doctor}`)]),
    ...(failed === 0 ? [] : [problem(`${counted(failed, 'event')} could not be written. The sender tries again.`)]),
    ...(refused === 0
      ? []
      : [
          problem(
            `${counted(refused, 'event')} refused. The log says why. The outbox in Atlas, or ~refused, keeps each one.`,
          ),
        ]),
    ...broken.map(({ name, table }) => problem(`The table of ${name} cannot be read (${table?.fault}).`)),
    ...(late === 0
      ? []
      : [warning(`${counted(late, 'event')} came more than an hour after the change, for example from an outbox.`)]),
  ];
}

function problem(text: string): Problem {
  return { kind: 'problem', text };
}

function warning(text: string): Problem {
  return { kind: 'warning', text };
}
