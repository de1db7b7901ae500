// docs/http.md is a promise to senders. It has exactly the statuses and types of the receiver.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import type { EventOutcome } from '../../shared/events/event-outcome.ts';
import { refusalCodes, refusedFields } from '../../shared/events/refusal.ts';
import type { Receipt } from '../../shared/http/receipt.ts';
import { misconfigured, toResponse } from '../../shared/http/response.ts';
import { markdownPage } from '../support/markdown.ts';

const { table, text } = markdownPage(new URL('../../docs/http.md', import.meta.url));
const event = { operationType: 'insert', db: 'a', coll: 'b', eventMs: 0, digest: 'd' };
const outcomes: EventOutcome[] = [
  { outcome: 'stored', path: 'p', event },
  { outcome: 'refused', refusal: { code: 'missing', field: '_id' } },
  { outcome: 'failed', event, fault: 'f' },
];
const receipts: Receipt[] = [
  ...outcomes.map((outcome): Receipt => ({ kind: 'received', events: [outcome], bytes: 1, storageMs: 1 })),
  { kind: 'unsupported-type' },
  { kind: 'body-too-large' },
  { kind: 'over-compressed' },
  { kind: 'text-too-large', events: [], bytes: 1, storageMs: null },
  { kind: 'busy' },
  { kind: 'incomplete-body' },
  { kind: 'not-authentic', bytes: 1 },
  { kind: 'not-json', bytes: 1 },
  { kind: 'too-deep', bytes: 1 },
  { kind: 'too-many-events', bytes: 1 },
];
const answers = [...receipts.map((receipt) => toResponse(receipt, { maxBodyBytes: 1, maxEvents: 1 })), misconfigured];

const types = answers.flatMap(({ body }) => /urn:atlas-lake-sync:problem:([a-z-]+)/.exec(body)?.[1] ?? []);

describe('docs/http.md', () => {
  it('has exactly the statuses of the receiver', () => {
    const documented = table('status').flatMap(([cell = '']) => cell.split(' · ').map(Number));

    assert.deepEqual(documented.sort(), [...new Set(answers.map(({ status }) => status))].sort());
  });

  it('names exactly the types of problems', () => {
    const [, listed = ''] = /`urn:atlas-lake-sync:problem:` and ([^.]*)\./.exec(text.replaceAll('\n', ' ')) ?? [];
    const documented = [...listed.matchAll(/`([a-z-]+)`/g)].map(([, type]) => type);
    assert.deepEqual(documented.sort(), [...new Set(types)].sort());
  });

  it('has only types that the Atlas functions know', () => {
    const script = readFileSync(new URL('../../atlas-app/functions/forwardChangeEvent.js', import.meta.url), 'utf8');
    const known = /problem:\(([a-z|-]+)\)\$/.exec(script)?.[1]?.split('|') ?? [];

    assert.deepEqual(known.sort(), [...new Set(types)].sort());
  });

  it('lists exactly the codes and fields of refusals', () => {
    const rows = table('code');
    const named = (column: number): string[] =>
      rows.flatMap((cells) => [...(cells[column] ?? '').matchAll(/`([^`]+)`/g)].map(([, name = '']) => name));

    assert.deepEqual(named(0).sort(), refusalCodes.toSorted());
    assert.deepEqual([...new Set(named(1))].sort(), refusedFields.filter((field) => field !== '').toSorted());
  });
});
