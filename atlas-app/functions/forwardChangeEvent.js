// Atlas Lake Sync: forwardChangeEvent
// Built by "npm run build" from atlas-app/src/forward-change-event.ts and what it imports: change it there.

// The function of a database trigger: posts the change event to the receiver, and keeps in the outbox what it cannot deliver.
// It returns only when the event is delivered or kept: Atlas never repeats an event whose function failed.

exports = forwardChangeEvent;

async function forwardChangeEvent(changeEvent) {
  if (isToBeIgnored(changeEvent)) return { outcome: 'ignored' };
  const began = Date.now();
  const looked = recentFailure();
  const event = outgoingEvent(changeEvent);
  const failure = await looked;
  const outcome = failure === undefined ? await deliverOrKeep(event) : await holdBack(event, failure);
  return logOutcome('forwardChangeEvent', event, outcome, began);
}

/** An outage must not hold up an ordered trigger until its place in the oplog is gone: one event a minute finds out. */
async function holdBack(event, failure) {
  const reason = `the receiver failed less than a minute ago: ${failure}`;
  return await keepOrDeliver(event, { state: 'waiting', reason, failed: false });
}

async function deliverOrKeep(event) {
  const verdict = await deliver(event).catch(unforeseen);
  switch (verdict.kind) {
    case 'delivered':
      return { outcome: 'delivered', reason: '' };
    case 'refused':
      return await keepOrDeliver(event, { state: 'refused', reason: verdict.reason, failed: false });
    case 'undelivered':
      await markFailing(verdict.reason);
      return await keepOrDeliver(event, { state: 'waiting', reason: verdict.reason, failed: true });
  }
}

/** Whatever the runtime lacks or does: the event is kept. */
function unforeseen(error) {
  return { kind: 'undelivered', reason: faultWord(error) };
}

/** When a second try begins at the latest. An ordered trigger waits as long: the next event is not looked at before. */
var secondTryMs = 18000;

/** Posts one event; once more after a pause where nobody knows that it arrived. */
async function deliver(event) {
  const began = Date.now();
  const { verdict, pauseMs } = await tryOnce(event);
  if (verdict.kind !== 'undelivered' || Date.now() - began + pauseMs > secondTryMs) return verdict;
  await pause(pauseMs);
  return (await tryOnce(event)).verdict;
}

function pause(ms) {
  return new Promise((resolve) => {
    startTimer(resolve, ms);
  });
}

/** Of Node's timers the documentation of Atlas has the module; the globals are what everybody uses. */
function startTimer(callback, ms) {
  return typeof setTimeout === 'function' ? setTimeout(callback, ms) : require('timers').setTimeout(callback, ms);
}

function stopTimer(timer) {
  if (typeof clearTimeout === 'function') clearTimeout(timer);
  else if (typeof setTimeout !== 'function') require('timers').clearTimeout(timer);
}

/** `http.post` waits for ever; the receiver ends a request of one event long before. */
var tryMs = 12000;

async function tryOnce(event) {
  const receiver = openReceiver();
  // Another try would find the same values.
  if ('problem' in receiver) return { verdict: { kind: 'undelivered', reason: receiver.problem }, pauseMs: Infinity };
  const answer = await post(receiver, event.webhookId, event.text, tryMs);
  return { verdict: verdictOn(answer), pauseMs: pauseAfter(answer) };
}

function verdictOn(answer) {
  // Whoever says so, receiver or host: no smaller request can be made of one event.
  if (answer.kind === 'answer' && answer.status === 413) return { kind: 'refused', reason: reasonOf(answer) };
  const verdicts = verdictsOf(answer, 1);
  const verdict = verdicts === undefined ? undefined : verdicts[0];
  return verdict === undefined ? { kind: 'undelivered', reason: reasonOf(answer) } : verdict;
}

/** Never before the receiver asks to be asked again, and not at the same moment as all other events. */
function pauseAfter(answer) {
  const asked = answer.kind === 'answer' && answer.retryAfterMs !== undefined ? answer.retryAfterMs : 1000;
  return asked + Math.floor(Math.random() * 1000);
}

/** One try. `http.post` resolves on every status and waits for ever, so both are looked at here. */
async function post(receiver, webhookId, body, timeoutMs) {
  operations.spent += 1;
  const headers = { 'Content-Type': ['application/json'] };
  if (receiver.key !== '') headers['x-functions-key'] = [receiver.key];
  // Signed anew for each try: the receiver takes a timestamp for five minutes.
  if (receiver.secret !== '') Object.assign(headers, signatureHeaders(receiver.secret, webhookId, body));
  // A redirect leads to a login page or away from the receiver: neither is one.
  const request = { url: receiver.url, headers, body, encodeBodyAsJSON: false, followRedirects: false };
  const answer = await within(timeoutMs, answerOf(request));
  return answer === undefined ? { kind: 'silence', reason: `no answer within ${timeoutMs / 1000} s` } : answer;
}

async function answerOf(request) {
  try {
    const { statusCode, headers, body } = await context.http.post(request);
    const text = body === undefined || body === null ? '' : body.text();
    return { kind: 'answer', status: statusCode, text, retryAfterMs: retryAfterMs(headers) };
  } catch (error) {
    return { kind: 'silence', reason: `no connection: ${faultWord(error)}` };
  }
}

/** Seconds or a date. The names of headers have whatever case the server gave them. */
function retryAfterMs(headers) {
  if (headers === undefined || headers === null) return undefined;
  const name = Object.keys(headers).find((key) => key.toLowerCase() === 'retry-after');
  const text = name === undefined ? '' : String(headers[name]).trim();
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const date = Date.parse(text);
  return date > 0 ? Math.max(0, date - Date.now()) : undefined;
}

/** Messages of faults repeat addresses and keys of documents: only words that are known to be harmless are told. */
function faultWord(error) {
  const known =
    /no such host|refused|reset|timeout|timed out|certificate|EOF|unreachable|not primary|\b(?:ECONN(?:ABORTED|REFUSED|RESET)|ENOTFOUND|ETIMEDOUT|EPIPE|EHOST(?:DOWN|UNREACH)|ENETUNREACH|EAI_AGAIN|E11000)\b|TypeError|RangeError|the value lakeDataSource must name a data source of this app/.exec(
      String(error),
    );
  return known === null ? 'a fault that it does not name' : known[0];
}

/** What this invocation asked of the network, requests and database together: Atlas ends it at 1,000. */
var operations = { spent: 0 };

/** Standard Webhooks: HMAC over id, time and the exact bytes of the body. The secret is base64 of bytes, not a text. */
function signatureHeaders(secret, webhookId, body) {
  const key = require('buffer').Buffer.from(secret, 'base64');
  const timestamp = String(Math.floor(Date.now() / 1000));
  const hmac = require('crypto')
    .createHmac('sha256', key)
    .update(`${webhookId}.${timestamp}.`, 'utf8')
    .update(body, 'utf8');
  return {
    'webhook-id': [webhookId],
    'webhook-timestamp': [timestamp],
    'webhook-signature': [`v1,${hmac.digest('base64')}`],
  };
}

/** Undefined where it takes longer; whoever is waited for goes on all the same. */
async function within(ms, promise) {
  let timer;
  const timeout = new Promise((resolve) => {
    timer = startTimer(() => resolve(undefined), ms);
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    stopTimer(timer);
  }
}

/**
 * What the receiver's receipt says of each of the events, in their order. Receipts are believed, statuses are not: a login page
 * answers 200 too. Undefined where there is none.
 */
function verdictsOf(answer, eventCount) {
  if (answer.kind === 'silence' || !mayCarryReceipt(answer.status)) return undefined;
  const receipt = problemOf(answer);
  const events = receipt['events'];
  if (!Array.isArray(events) || events.length !== eventCount) return undefined;
  const outcomes = events.map((event) => fieldsOf(event)['outcome']);
  const addsUp = ['stored', 'alreadyStored', 'refused', 'failed'].every(
    (outcome) => receipt[outcome] === outcomes.filter((one) => one === outcome).length,
  );
  return addsUp ? events.map((event) => verdictOf(event, answer)) : undefined;
}

function mayCarryReceipt(status) {
  return (status >= 200 && status < 300) || status === 400 || status === 503;
}

function verdictOf(event, answer) {
  const { outcome, reason } = fieldsOf(event);
  if (outcome === 'stored' || outcome === 'alreadyStored') return { kind: 'delivered' };
  if (outcome !== 'refused') return { kind: 'undelivered', reason: reasonOf(answer) };
  const why = textIn(reason);
  return { kind: 'refused', reason: why === undefined ? reasonOf(answer) : why };
}

/** The receiver's own: another word could be anybody's. */
var problemType =
  /^urn:atlas-lake-sync:problem:(unsupported-type|body-too-large|too-many-events|not-authentic|not-json|too-deep|events-refused|storage-failed|busy|incomplete-body|misconfigured)$/;

/** Why the request as a whole did not arrive. */
function reasonOf(answer) {
  if (answer.kind === 'silence') return answer.reason;
  const type = textIn(problemOf(answer)['type']);
  const known = problemType.exec(type === undefined ? '' : type);
  if (known !== null) return `answered ${answer.status} ${known[1]}`;
  return `answered ${answer.status}${answer.status < 300 ? ' without a receipt' : ''}`;
}

/** The members of a receipt or a problem; none where the answer is no JSON object. */
function problemOf(answer) {
  if (answer.kind === 'silence') return {};
  try {
    return fieldsOf(JSON.parse(answer.text));
  } catch (_notJson) {
    return {};
  }
}

function isFields(value) {
  return typeof value === 'object' && value !== null;
}

function fieldsOf(value) {
  return isFields(value) ? value : {};
}

function textIn(value) {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Who takes the events, by the app's values. What is wrong with them is a reason to keep events, not to lose them. */
function openReceiver() {
  const url = settingOf('lakeReceiverUrl');
  const secret = settingOf('lakeSigningSecret');
  if (!/^https?:\/\//.test(url)) return { problem: 'the value lakeReceiverUrl must be the address of the receiver' };
  if (secret !== '' && !isSecret(secret)) return { problem: 'the value lakeSigningSecret must be a whsec_ secret' };
  return { url, key: settingOf('lakeReceiverKey'), secret: secret.slice('whsec_'.length) };
}

function isSecret(text) {
  return /^whsec_(?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text);
}

/** A value of the app as text; empty where there is none. */
function settingOf(name) {
  const value = context.values.get(name);
  return typeof value === 'string' ? value.trim() : '';
}

/** Lost is what neither the outbox nor the receiver takes. */
async function keepOrDeliver(event, why) {
  try {
    await keep(event, why);
    return { outcome: why.state === 'refused' ? 'refused' : 'kept', reason: why.reason };
  } catch (error) {
    const fault = `the outbox must be writable: ${faultWord(error)}`;
    const { verdict } = await tryOnce(event);
    if (verdict.kind === 'delivered') return { outcome: 'delivered', reason: fault };
    return { outcome: 'lost', reason: `${fault}; of the receiver: ${wordOf(verdict)}` };
  }
}

function wordOf(verdict) {
  const known = verdict.kind === 'refused' ? knownRefusal(verdict.reason) : verdict.reason;
  return known === undefined ? 'it refuses the event' : known;
}

/** A document has at most 16 MB, and the change of this one must fit into an event for those who watch the whole cluster. */
var partBytes = 12000000;

/** Twice as long, with the tries at the receiver, is far from the five minutes after which Atlas ends the function. */
var keepMs = 60000;

/** Returns when the event is in the outbox. Keeping it twice keeps it once: the first keeping stays. */
async function keep(event, why) {
  try {
    await keepInTime(event, why);
  } catch (_passing) {
    // An election of a new primary takes seconds; after this there is no other place.
    await pause(2000);
    await keepInTime(event, why);
  }
}

async function keepInTime(event, why) {
  const isKept = await within(
    keepMs,
    insertEntry(event, why).then(() => true),
  );
  if (isKept === undefined) throw new Error('timed out');
}

async function insertEntry(event, { state, reason, failed }) {
  const now = new Date();
  const _id = event.token === undefined ? new BSON.ObjectId() : event.token;
  const pieces = cutText(event.text);
  const whole = pieces.length === 1;
  // Parts first: an entry never names parts that are not there. Their names are of this keeping alone.
  const parts = whole ? [] : await insertParts(pieces, now);
  const entry = Object.assign(
    { _id, state, reason, tries: 0, keptAt: now, dueAt: now, bytes: byteLength(event.text), parts },
    whole ? { text: event.text } : {},
    failed ? { failedAt: now } : {},
  );
  try {
    await outboxCollection('outbox').insertOne(entry);
  } catch (error) {
    // Kept before, by another keeping or by this one, whose answer was lost.
    const kept = await outboxCollection('outbox').findOne({ _id }, { parts: 1 });
    if (kept === null || kept === undefined || String(kept['parts']) !== String(parts)) await removeParts(parts);
    if (kept === null || kept === undefined) throw error;
  }
}

async function insertParts(pieces, keptAt) {
  const ids = [];
  for (const text of pieces) {
    const _id = new BSON.ObjectId();
    await outboxCollection('parts').insertOne({ _id, keptAt, text });
    ids.push(_id);
  }
  return ids;
}

/** Between characters, never inside of one. */
function cutText(text) {
  if (byteLength(text) <= partBytes) return [text];
  const bytes = require('buffer').Buffer.from(text, 'utf8');
  const pieces = [];
  for (let start = 0; start < bytes.length; ) {
    let end = Math.min(start + partBytes, bytes.length);
    while (isInsideCharacter(bytes[end])) end -= 1;
    pieces.push(bytes.slice(start, end).toString('utf8'));
    start = end;
  }
  return pieces;
}

function isInsideCharacter(byte) {
  return byte !== undefined && byte >= 0x80 && byte < 0xc0;
}

function byteLength(text) {
  return require('buffer').Buffer.byteLength(text, 'utf8');
}

/** `outbox` holds one document per event, `parts` what does not fit into one, `marks` when the receiver failed and how much is kept. */
function outboxCollection(name) {
  operations.spent += 1;
  const service = context.services.get(settingOf('lakeDataSource') || 'mongodb-atlas');
  if (service === undefined || service === null)
    throw new Error('Cannot reach the outbox: the value lakeDataSource must name a data source of this app');
  return service.db(outboxDatabase).collection(name);
}

/** A database of its own: a trigger on the whole cluster sees its changes, and must not send them. */
var outboxDatabase = 'atlas_lake_sync';

async function removeParts(ids) {
  if (ids.length > 0) await outboxCollection('parts').deleteMany({ _id: { $in: ids } });
}

/** How the receiver's own reasons begin. Whoever else writes a receipt could put anything into one, and Atlas would log it. */
var ownRefusal =
  /^(?:answered 4\d\d(?: [a-z-]+)?$|Cannot read change event: "(?:_id|operationType|clusterTime|wallTime|ns)" must be)/;

/** As much of a refusal's reason as may be told outside of the outbox. */
function knownRefusal(reason) {
  const known = ownRefusal.exec(reason);
  return known === null ? undefined : known[0];
}

var markMs = 2000;

/** Spares the events after this one the wait. Without the mark they wait, and nothing else. */
async function markFailing(reason) {
  try {
    const failed = { $set: { failedAt: new Date(), reason } };
    await within(markMs, outboxCollection('marks').updateOne({ _id: 'receiver' }, failed, { upsert: true }));
  } catch (_unwritable) {
    // Whether the event itself can be kept shows next.
  }
}

/** Throws where the event is lost: only so does Atlas mark the invocation as failed. */
function logOutcome(name, event, { outcome, reason }, began) {
  const { namespace, operationType, digest } = event;
  const told = outcome === 'refused' ? toldOf(reason) : reason;
  const durationMs = Date.now() - began;
  const line = logLine({ function: name, outcome, operationType, namespace, digest, durationMs, reason: told });
  if (outcome === 'lost') throw new Error(`Cannot keep event ${digest}: ${reason}`);
  return line;
}

function toldOf(reason) {
  const known = knownRefusal(reason);
  return known === undefined ? 'the outbox says why' : known;
}

var maxLineBytes = 511;

/** One line of less than 512 bytes, where Atlas cuts. Counts, names and digests; never a document, token, key or secret. */
function logLine(line) {
  // A character takes up to six bytes, as JSON writes some.
  const lines = [100, 50, 25, 10].map((most) => cutLine(line, most));
  const fitting = lines.find((text) => byteLength(text) <= maxLineBytes);
  if (fitting !== undefined) console.log(fitting);
  return line;
}

function cutLine(line, most) {
  return JSON.stringify(line, (_, value) => (typeof value === 'string' ? value.slice(0, most) : value));
}

/** The outbox' own changes, and whatever is no event: "Run" in the Atlas UI passes a greeting. */
function isToBeIgnored(changeEvent) {
  return !isFields(changeEvent) || fieldsOf(changeEvent['ns'])['db'] === outboxDatabase;
}

function outgoingEvent(changeEvent) {
  const ns = fieldsOf(changeEvent['ns']);
  const db = textIn(ns['db']);
  const coll = textIn(ns['coll']);
  const token = textIn(fieldsOf(changeEvent['_id'])['_data']);
  // Canonical, so that no number changes its type; and built here, because the signature covers exactly these bytes.
  const text = canonicalText(changeEvent);
  return {
    token,
    webhookId: webhookIdOf(token === undefined ? text : token),
    digest: sha256(JSON.stringify([orNull(db), orNull(coll), orNull(token)])).slice(0, 16),
    namespace: [db, coll].filter((name) => name !== undefined).join('.'),
    operationType: String(changeEvent['operationType']),
    text,
  };
}

/** The documentation has one argument, and canonical text for it; where options are known, they make sure. */
function canonicalText(changeEvent) {
  try {
    return EJSON.stringify(changeEvent, { relaxed: false });
  } catch (_unknownOptions) {
    return EJSON.stringify(changeEvent);
  }
}

function orNull(text) {
  return text === undefined ? null : text;
}

function sha256(text) {
  return require('crypto').createHash('sha256').update(text, 'utf8').digest('hex');
}

/** Stable for the event, and tells nothing of it. */
function webhookIdOf(token) {
  return `evt_${sha256(token).slice(0, 32)}`;
}

/** How long after a failure events are kept without trying. */
var recentMs = 60000;
var lookMs = 2000;

/**
 * How the receiver failed, where it did within the last minute and events wait for it. Found by `_id`, and so as fast when a
 * million events wait. An outbox that can't be read says nothing of the receiver.
 */
async function recentFailure() {
  try {
    const mark = await within(lookMs, outboxCollection('marks').findOne({ _id: 'receiver' }));
    if (mark === undefined || mark === null || Number(mark['failedAt']) < Date.now() - recentMs) return undefined;
    const waiting = await within(lookMs, outboxCollection('outbox').findOne({ state: 'waiting' }, { _id: 1 }));
    if (waiting === undefined || waiting === null) return undefined;
    const reason = textIn(mark['reason']);
    return reason === undefined ? 'it is not known how' : reason;
  } catch (_unreadable) {
    return undefined;
  }
}
