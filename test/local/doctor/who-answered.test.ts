import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { placesOf } from '../../../local/doctor/places.ts';
import { fixOfAnswer, toldOf } from '../../../local/doctor/receiver/answer-advice.ts';
import { whoAnswered } from '../../../local/doctor/receiver/who-answered.ts';

const receipt = { stored: 0, alreadyStored: 0, refused: 0, failed: 0, events: [] };
const html = { 'content-type': 'text/html; charset=utf-8' };

const answers: Readonly<Record<string, readonly [number, Readonly<Record<string, string>>, string, object]>> = {
  'an empty receipt': [200, {}, JSON.stringify(receipt), { kind: 'receipt', isEmpty: true }],
  'a receipt that counts': [200, {}, JSON.stringify({ ...receipt, stored: 1 }), { kind: 'receipt', isEmpty: false }],
  'a refused signature': [
    401,
    {},
    '{"type":"urn:atlas-lake-sync:problem:not-authentic"}',
    { kind: 'problem', type: 'not-authentic' },
  ],
  'wrong settings': [
    503,
    {},
    '{"type":"urn:atlas-lake-sync:problem:misconfigured"}',
    { kind: 'problem', type: 'misconfigured' },
  ],
  'good health': [200, {}, '{"status":"ok"}', { kind: 'health', isWell: true }],
  'bad health': [503, {}, '{"status":"unavailable"}', { kind: 'health', isWell: false }],
  'the host that misses a key': [401, {}, '', { kind: 'key' }],
  'a login that asks for a token': [401, { 'www-authenticate': 'Bearer realm="app"' }, '', { kind: 'login' }],
  'a login page in the place of the app': [200, html, '<form>Sign in</form>', { kind: 'login' }],
  'a redirect': [302, { location: 'https://login.microsoftonline.com' }, '', { kind: 'login' }],
  'an app that is stopped': [403, html, 'Web App - Unavailable', { kind: 'closed' }],
  'no such function': [404, {}, '', { kind: 'nothing' }],
  'a host that does not start': [502, html, 'Bad Gateway', { kind: 'unwell', status: 502 }],
  'a page of something else': [200, html, '<h1>Welcome to nginx</h1>', { kind: 'another', status: 200 }],
  'JSON of something else': [200, {}, '{"type":"urn:other:problem:not-authentic"}', { kind: 'another', status: 200 }],
  'a type that is no word': [
    200,
    {},
    '{"type":"urn:atlas-lake-sync:problem:a b\\u001b[2J"}',
    { kind: 'another', status: 200 },
  ],
  'a list': [200, {}, '[]', { kind: 'another', status: 200 }],
};

describe('whoAnswered()', () => {
  for (const [what, [status, headers, text, expected]] of Object.entries(answers))
    it(`recognises ${what}`, () => {
      const who = whoAnswered({ status, headers: new Headers(headers), text });

      assert.deepEqual(who, expected);
      assert(toldOf(who) !== '' && fixOfAnswer(who, placesOf(undefined, undefined)) !== '');
    });
});
