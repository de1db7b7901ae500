// Compares docs/openapi.yaml with the receiver. The receiver answers allowed requests as described, and refuses others.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { before, describe, it } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { isRecord } from '../../shared/json/record.ts';
import { changeEvents, withField, withoutField } from '../support/change-events.ts';
import { secret, signatureHeaders } from '../support/deliveries.ts';
import { temporaryFolder } from '../support/lakes.ts';
import { lifetime } from '../support/lifetime.ts';
import { type RunningReceiver, serveApp } from '../support/running-receiver.ts';

const file = new URL('../../docs/openapi.yaml', import.meta.url);
const api: unknown = parse(await readFile(file, 'utf8'), { merge: true });
const ajv = new Ajv2020({ strict: false });
ajv.addSchema({ $id: 'api', ...(isRecord(api) ? api : {}) });

const events = Object.values(changeEvents);
const insert = changeEvents.insert;
const allowed: Record<string, unknown> = {
  'an event of each operation': events,
  'one event': insert,
  'no event': [],
  'an unknown operation': withField(insert, 'operationType', 'tomorrow'),
  'no namespace': withoutField(insert, 'ns'),
  'wallTime alone': { ...withoutField(insert, 'clusterTime'), wallTime: { $date: '2026-11-20T10:15:30.412Z' } },
};
const forbidden: Record<string, unknown> = {
  'a number': 4711,
  'no token': withoutField(insert, '_id'),
  'a token of another type': withField(insert, '_id', { _data: 5 }),
  'no operation type': withoutField(insert, 'operationType'),
  'an empty operation type': withField(insert, 'operationType', ''),
  'no time': withoutField(withoutField(insert, 'clusterTime'), 'wallTime'),
  'a time of another type': withField(insert, 'clusterTime', '2026-11-20'),
  'a time beyond 32 bits': withField(insert, 'clusterTime', { $timestamp: { t: 4_294_967_296, i: 1 } }),
  'a database of another type': withField(insert, 'ns', { db: 5, coll: 'movies' }),
  'a database with a name too long': withField(insert, 'ns', { db: 'x'.repeat(64), coll: 'movies' }),
  'one bad event among good ones': [insert, withoutField(insert, '_id')],
};

describe('docs/openapi.yaml', () => {
  const life = lifetime();
  let open: RunningReceiver;
  let signed: RunningReceiver;
  let failing: RunningReceiver;
  let wrong: RunningReceiver;
  before(async () => {
    const folder = await temporaryFolder(life);
    open = await serveApp(life, { LAKE_URL: `file:${folder}`, MAX_EVENTS: '50', MAX_BODY_BYTES: '100000' });
    signed = await serveApp(life, { LAKE_URL: `file:${folder}`, SIGNING_SECRETS: secret });
    failing = await serveApp(life, { LAKE_URL: 'file:/proc/nope' });
    wrong = await serveApp(life, { LAKE_URL: 'nonsense' });
  });

  for (const [what, body] of Object.entries(allowed)) {
    it(`allows ${what}, and the receiver stores it`, async () => {
      assert.equal(allows(body), true);
      assert.equal(await answered(open.post(JSON.stringify(body))), 200);
    });
  }

  for (const [what, body] of Object.entries(forbidden)) {
    it(`forbids ${what}, and the receiver refuses it`, async () => {
      assert.equal(allows(body), false);
      assert.equal(await answered(open.post(JSON.stringify(body))), 400);
    });
  }

  it('describes every other answer to a delivery', async () => {
    const body = JSON.stringify(insert);

    const statuses = [
      await answered(open.post('{')),
      await answered(open.post(body, { 'content-type': 'text/plain' })),
      await answered(open.post(JSON.stringify(Array(51).fill(insert)))),
      await answered(open.post(' '.repeat(100_001))),
      await answered(signed.post(body)),
      await answered(signed.post(body, { 'content-type': 'application/json', ...signatureHeaders(body) })),
      await answered(failing.post(body)),
      await answered(wrong.post(body)),
    ];

    assert.deepEqual(statuses, [400, 415, 413, 413, 401, 200, 503, 503]);
  });

  it('describes health and the status page', async () => {
    const statuses = await Promise.all(
      [open, wrong].flatMap(({ url }) => [
        answered(fetch(`${url}/api/health`), '/api/health', 'get'),
        answered(fetch(`${url}/api/status`), '/api/status', 'get'),
      ]),
    );

    assert.deepEqual(statuses, [200, 200, 503, 503]);
  });
});

function allows(body: unknown): boolean {
  return ajv.validate(
    { $ref: `api${pointer('/api/change-events', 'post', 'requestBody', 'content', 'application/json', 'schema')}` },
    body,
  );
}

/** The status of an answer whose type, headers and body are as described. */
async function answered(asked: Promise<Response>, path = '/api/change-events', method = 'post'): Promise<number> {
  const answer = await asked;
  const [type = ''] = answer.headers.get('content-type')?.split(';') ?? [];
  const text = await answer.text();
  const found = pointer(path, method, 'responses', String(answer.status), 'content', type, 'schema');
  const body: unknown = type.endsWith('json') ? JSON.parse(text) : text;
  assert.ok(
    ajv.validate({ $ref: `api${found}` }, body),
    `${answer.status}: ${ajv.errorsText()}: ${text.slice(0, 200)}`,
  );
  const isRetried = path === '/api/change-events' && answer.status === 503;
  assert.equal(/^\d+$/.test(answer.headers.get('retry-after') ?? ''), isRetried);
  return answer.status;
}

function pointer(path: string, ...names: readonly string[]): string {
  return ['#', 'paths', path, ...names].map((name) => name.replaceAll('~', '~0').replaceAll('/', '~1')).join('/');
}
