// Atlas Lake Sync: forwardChangeEvent
// Built by "npm run build" from atlas-app/src/forward-change-event.ts and what it imports: change it there.

// The function of a database trigger: posts the change event to the receiver, and keeps it in the outbox when that
// fails. It returns only when the event is delivered or kept: Atlas never repeats a failed function.
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

async function deliverOrKeep(event) {
  const verdict = await deliver(event).catch(unforeseen);
  switch (verdict.kind) {
    case 'delivered':
      return { outcome: 'delivered', reason: '' };
    case 'refused':
      return await keepOrDeliver(event, { state: 'refused', reason: verdict.reason, told: verdict.told });
    case 'undelivered':
      await markFailing(verdict.reason);
      return await keepOrDeliver(event, { state: 'waiting', reason: verdict.reason, failed: true });
  }
}

/** A fault of the runtime must not lose the event, so it is kept. */
function unforeseen(error) {
  return { kind: 'undelivered', reason: faultWord(error) };
}

/** An outage must not hold up an ordered trigger until its place in the oplog is gone. One event a minute tries. */
async function holdBack(event, failure) {
  const reason = `the receiver failed less than a minute ago: ${failure}`;
  return await keepOrDeliver(event, { state: 'waiting', reason, failed: false });
}

// Keeps an event in the outbox. Keeping it twice keeps it once: the first keeping stays.
/** A document has at most 16 MB, and its change must fit into an event for those who watch the whole cluster. */
var partBytes = 12000000;
/** With the token. It can be long, because it contains the key of the document. */
var documentBytes = 14000000;

/** Twice this and the tries at the receiver are far from five minutes, when Atlas ends the function. */
var keepMs = 60000;

/** The event is lost: the outbox and the receiver did not take it. */
async function keepOrDeliver(event, why) {
  try {
    await keep(event, why);
    return why.state === 'refused' ? { outcome: 'refused', reason: why.told } : { outcome: 'kept', reason: why.reason };
  } catch (error) {
    const fault = `the outbox must be writable: ${faultWord(error)}`;
    const { verdict } = await tryOnce(event);
    if (verdict.kind === 'delivered') return { outcome: 'delivered', reason: fault };
    return { outcome: 'lost', reason: `${fault}; of the receiver: ${wordOf(verdict)}` };
  }
}

function wordOf(verdict) {
  if (verdict.kind === 'undelivered') return verdict.reason;
  return verdict.told === 'the outbox says why' ? 'it refuses the event' : verdict.told;
}

/** Returns when the event is in the outbox. */
async function keep(event, why) {
  const id = event.token === undefined ? new BSON.ObjectId() : event.token;
  // Both tries use the same parts: the entry of the first may appear late.
  const parts = partsOf(event);
  const now = new Date();
  const entry = Object.assign(
    { _id: id, state: why.state, reason: why.reason, tries: 0, keptAt: now, dueAt: now },
    { bytes: byteLength(event.text), parts: parts.map((part) => part.id) },
    parts.length === 0 ? { text: event.text } : {},
    why.state === 'waiting' && why.failed ? { failedAt: now } : {},
  );
  try {
    const isFirst = await inTime(insertEntry(entry, parts));
    // Nothing else can name these parts: the server has refused the only entry that does.
    if (!isFirst) await removeParts(entry.parts);
  } catch (_passing) {
    // An election of a new primary takes seconds. After this there is no other place.
    await pause(2000);
    await inTime(insertEntry(entry, parts));
  }
}

async function inTime(work) {
  const done = await within(
    keepMs,
    work.then((result) => ({ result })),
  );
  if (done === undefined) throw new Error('timed out');
  return done.result;
}

/** With the fields that only others read. */

/** False when another keeping was first and its entry leads to the whole event. */
async function insertEntry(entry, parts) {
  // Parts first: an entry never names parts that are not there.
  for (const { id, text } of parts) {
    const part = { entry: entry._id, keptAt: entry.keptAt, text };
    await outboxCollection('parts').updateOne({ _id: id }, { $set: part }, { upsert: true });
  }
  try {
    await outboxCollection('outbox').insertOne(entry);
    return true;
  } catch (error) {
    return await agreeWithFirst(entry, error);
  }
}

/**
 * The event is kept already: by another keeping, or by this one, and only the answer was lost. When there is no entry, the
 * insert may still happen later. So its parts stay, and removeStrayParts looks after them.
 */
async function agreeWithFirst({ _id, parts }, error) {
  const kept = await outboxCollection('outbox').findOne({ _id }, { parts: 1 });
  if (kept === null || kept === undefined) throw error;
  const named = listOf(kept['parts']);
  if (String(named) === String(parts)) return true;
  if (await areThere(named)) return !isDuplicate(error);
  await outboxCollection('outbox').updateOne({ _id }, { $set: { parts } });
  return true;
}

function isDuplicate(error) {
  return Number(fieldsOf(error)['code']) === 11000 || /E11000/.test(String(error));
}

async function areThere(partIds) {
  if (partIds.length === 0) return true;
  return (await outboxCollection('parts').count({ _id: { $in: partIds } })) === partIds.length;
}

/** None when the event fits into its entry. The entry has the token too. */
function partsOf({ text, token }) {
  const tokenBytes = token === undefined ? 0 : byteLength(token);
  const bytesOfText = byteLength(text);
  if (bytesOfText <= partBytes && bytesOfText + tokenBytes <= documentBytes) return [];
  // Each part carries the token too: it names its entry.
  const most = Math.max(1000000, Math.min(partBytes, documentBytes - tokenBytes));
  const bytes = require('buffer').Buffer.from(text, 'utf8');
  const parts = [];
  for (let start = 0; start < bytes.length; ) {
    let end = Math.min(start + most, bytes.length);
    while (isInsideCharacter(bytes[end])) end -= 1;
    parts.push({ id: new BSON.ObjectId(), text: bytes.slice(start, end).toString('utf8') });
    start = end;
  }
  return parts;
}

function isInsideCharacter(byte) {
  return byte !== undefined && byte >= 0x80 && byte < 0xc0;
}

// Posts one event, and once more when nobody knows that it arrived.
/** `http.post` waits for ever. The receiver ends a request of one event long before this. */
var tryMs = 12000;
/** A second try does not begin later. An ordered trigger waits as long, and looks at no other event. */
var secondTryMs = 18000;

async function deliver(event) {
  const began = Date.now();
  const { verdict, pauseMs } = await tryOnce(event);
  if (verdict.kind !== 'undelivered' || Date.now() - began + pauseMs > secondTryMs) return verdict;
  await pause(pauseMs);
  return (await tryOnce(event)).verdict;
}

async function tryOnce(event) {
  const receiver = openReceiver();
  // Another try would find the same values.
  if ('problem' in receiver) return { verdict: { kind: 'undelivered', reason: receiver.problem }, pauseMs: Infinity };
  const answer = await post(receiver, event.webhookId, event.text, tryMs);
  return { verdict: verdictOn(answer), pauseMs: pauseAfter(answer) };
}

function verdictOn(answer) {
  // From the receiver or from a host before it: one event cannot be sent in a smaller request.
  if (isTooLarge(answer)) return refusedByStatus(answer);
  const verdicts = verdictsOf(answer, 1);
  const verdict = verdicts === undefined ? undefined : verdicts[0];
  return verdict === undefined ? { kind: 'undelivered', reason: reasonOf(answer) } : verdict;
}

/** Never before the receiver asks for it, and not at the same moment as all other events. */
function pauseAfter(answer) {
  const asked = answer.kind === 'answer' && answer.retryAfterMs !== undefined ? answer.retryAfterMs : 1000;
  return asked + Math.floor(Math.random() * 1000);
}

// What the receiver's answer says about each event. Receipts are believed, statuses are not: a login page answers 200 too.
/** What became of one event of a request. */

/** One verdict for each event, in their order. Undefined when the answer has no receipt. */
function verdictsOf(answer, eventCount) {
  if (answer.kind === 'silence' || !mayCarryReceipt(answer.status)) return undefined;
  const receipt = problemOf(answer);
  const events = receipt['events'];
  if (!Array.isArray(events) || events.length !== eventCount) return undefined;
  const outcomes = events.map((event) => fieldsOf(event)['outcome']);
  const addsUp = ['stored', 'alreadyStored', 'refused', 'failed'].every(
    (outcome) => receipt[outcome] === outcomes.filter((one) => one === outcome).length,
  );
  return addsUp ? events.map((event) => verdictOf(fieldsOf(event), answer)) : undefined;
}

function mayCarryReceipt(status) {
  return (status >= 200 && status < 300) || status === 400 || status === 503;
}

function verdictOf(event, answer) {
  const outcome = event['outcome'];
  if (outcome === 'stored' || outcome === 'alreadyStored') return { kind: 'delivered' };
  if (outcome !== 'refused') return { kind: 'undelivered', reason: reasonOf(answer) };
  const reason = textIn(event['reason']);
  return { kind: 'refused', reason: reason === undefined ? reasonOf(answer) : reason, told: toldOf(event) };
}

var knownCode = /^[a-z]{1,12}(?:-[a-z]{1,12}){0,2}$/;
var knownField =
  /^(?:_id|_id\._data|operationType|clusterTime|wallTime|ns|ns\.db|ns\.coll|to|documentKey|fullDocument|fullDocumentBeforeChange)$/;

/** Only code and field. The reason is free text: a stranger could write anything into one. Old receivers have no code. */
function toldOf(event) {
  const code = textIn(event['code']);
  const field = textIn(event['field']);
  if (code === undefined || !knownCode.test(code)) return 'the outbox says why';
  return field !== undefined && knownField.test(field) ? `${code}: ${field}` : code;
}

/** The request as a whole is refused: for one event alone that is final. */
function refusedByStatus(answer) {
  const reason = reasonOf(answer);
  return { kind: 'refused', reason, told: reason };
}

/** The receiver's own words. Other words could come from anybody. */
var problemType =
  /^urn:atlas-lake-sync:problem:(unsupported-type|body-too-large|over-compressed|text-too-large|too-many-events|not-authentic|not-json|too-deep|events-refused|storage-failed|busy|incomplete-body|misconfigured)$/;

/** Why the request as a whole did not arrive. */
function reasonOf(answer) {
  if (answer.kind === 'silence') return answer.reason;
  const type = problemTypeOf(answer);
  if (type !== undefined) return `answered ${answer.status} ${type}`;
  return `answered ${answer.status}${answer.status < 300 ? ' without a receipt' : ''}`;
}

/** Such as `busy`; undefined for a problem that is not the receiver's own. */
function problemTypeOf(answer) {
  const type = textIn(problemOf(answer)['type']);
  const known = problemType.exec(type === undefined ? '' : type);
  return known === null ? undefined : known[1];
}

/** The members of a receipt or a problem. Empty when the answer is no JSON object. */
function problemOf(answer) {
  if (answer.kind === 'silence') return {};
  try {
    return fieldsOf(JSON.parse(answer.text));
  } catch (_notJson) {
    return {};
  }
}

// One request to the receiver.
/** One try. `http.post` resolves on every status and waits for ever, so both are checked here. */
async function post(receiver, webhookId, body, timeoutMs) {
  const headers = { 'Content-Type': ['application/json'] };
  if (receiver.key !== '') headers['x-functions-key'] = [receiver.key];
  // Each try has its own signature: the receiver takes a timestamp for five minutes.
  if (receiver.secret !== '') Object.assign(headers, signatureHeaders(receiver.secret, webhookId, body));
  // A redirect leads to a login page or away from the receiver.
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

/** Seconds or a date. The names of headers are in the case that the server gave them. */
function retryAfterMs(headers) {
  if (headers === undefined || headers === null) return undefined;
  const name = Object.keys(headers).find((key) => key.toLowerCase() === 'retry-after');
  const text = name === undefined ? '' : String(headers[name]).trim();
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const date = Date.parse(text);
  return date > 0 ? Math.max(0, date - Date.now()) : undefined;
}

function isTooLarge(answer) {
  return answer.kind === 'answer' && answer.status === 413;
}

// Standard Webhooks: HMAC over id, time and the exact bytes of the body.
/** The secret is base64 of bytes, not a text. */
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

/**
 * `outbox` holds one document per event, and `parts` the pieces of large events. `marks` says when the receiver failed and
 * how much is kept. `loads` has the state of each initial load.
 */
function outboxCollection(name) {
  return collectionOf(ownDatabase, name);
}

function collectionOf(database, name) {
  const service = context.services.get(settingOf('lakeDataSource') || 'mongodb-atlas');
  if (service === undefined || service === null)
    throw new Error('Cannot reach the outbox: the value lakeDataSource must name a data source of this app');
  return service.db(database).collection(name);
}

async function removeParts(ids) {
  if (ids.length > 0) await outboxCollection('parts').deleteMany({ _id: { $in: ids } });
}

/** How long after a failure events are kept without trying. */
var recentMs = 60000;
var markMs = 2000;

/**
 * How the receiver failed within the last minute, while events wait for it. Both are found by `_id` or at once, so a million
 * events that wait do not slow this down. An outbox that cannot be read says nothing about the receiver.
 */
async function recentFailure() {
  try {
    const mark = await within(markMs, outboxCollection('marks').findOne({ _id: 'receiver' }));
    if (mark === undefined || mark === null || Number(mark['failedAt']) < Date.now() - recentMs) return undefined;
    const waiting = await within(markMs, outboxCollection('outbox').findOne({ state: 'waiting' }, { _id: 1 }));
    if (waiting === undefined || waiting === null) return undefined;
    const reason = textIn(mark['reason']);
    return reason === undefined ? 'it is not known how' : reason;
  } catch (_unreadable) {
    return undefined;
  }
}

/** The mark lets the next events skip the wait. Without the mark they wait, and nothing else changes. */
async function markFailing(reason) {
  try {
    const failed = { $set: { failedAt: new Date(), reason } };
    await within(markMs, outboxCollection('marks').updateOne({ _id: 'receiver' }, failed, { upsert: true }));
  } catch (_unwritable) {
    // The next step shows whether the event itself can be kept.
  }
}

// What the app's values say: who the receiver is, and how batches are made.
/** A value of the app as text. Empty when it is missing. */
function settingOf(name) {
  const value = context.values.get(name);
  return typeof value === 'string' ? value.trim() : '';
}

/** The app's values do not say who the receiver is. */

/** Wrong values are a reason to keep events, not to lose them. */
function openReceiver() {
  const url = settingOf('lakeReceiverUrl');
  const secret = settingOf('lakeSigningSecret');
  if (!/^https?:\/\//i.test(url)) return { problem: 'the value lakeReceiverUrl must be the address of the receiver' };
  // Plain http:// would show the document and the function key to the network.
  if (!/^https:/i.test(url) && !isThisMachine(url))
    return { problem: 'the value lakeReceiverUrl must begin with https://' };
  if (secret !== '' && !isSecret(secret)) return { problem: 'the value lakeSigningSecret must be a whsec_ secret' };
  return { url, key: settingOf('lakeReceiverKey'), secret: secret.slice('whsec_'.length) };
}

function isThisMachine(url) {
  return /^http:\/\/(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?(?:\/|$)/i.test(url);
}

function isSecret(text) {
  return /^whsec_(?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text);
}

// Waiting, but never for ever.
/** The documentation of Atlas names the module of Node's timers. Everybody uses the globals. */
function startTimer(callback, ms) {
  return typeof setTimeout === 'function' ? setTimeout(callback, ms) : require('timers').setTimeout(callback, ms);
}

function stopTimer(timer) {
  if (typeof clearTimeout === 'function') clearTimeout(timer);
  else if (typeof setTimeout !== 'function') require('timers').clearTimeout(timer);
}

function pause(ms) {
  return new Promise((resolve) => {
    startTimer(resolve, ms);
  });
}

/** Undefined when it takes longer. The work itself goes on. */
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

// What an invocation says: one line of counts, names and digests. Never a document, token, key or secret.
/** Atlas cuts a line at 512 bytes. */
var maxLineBytes = 511;

/** What an invocation did with its event. */

/** Throws when the event is lost: only then does Atlas mark the invocation as failed. */
function logOutcome(name, event, { outcome, reason }, began) {
  const { namespace, operationType, digest } = event;
  const durationMs = Date.now() - began;
  const line = logLine({ function: name, outcome, operationType, namespace, digest, durationMs, reason });
  if (outcome === 'lost') throw new Error(`Cannot keep event ${digest}: ${reason}`);
  return line;
}

function logLine(line) {
  // One character can take six bytes of JSON.
  const lines = [100, 50, 25, 10].map((most) => cutLine(line, most));
  const fitting = lines.find((text) => byteLength(text) <= maxLineBytes);
  if (fitting !== undefined) console.log(fitting);
  return line;
}

function cutLine(line, most) {
  const text = JSON.stringify(line, (_, value) => (typeof value === 'string' ? value.slice(0, most) : value));
  // Some readers of logs end a line at these characters: a name could forge a line.
  return text.replace(/[\u007f-\u009f\u2028\u2029]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** Messages of faults repeat addresses and keys of documents. So only harmless words are passed on. */
function faultWord(error) {
  const known =
    /no such host|refused|reset|timeout|timed out|certificate|EOF|unreachable|not primary|\b(?:ECONN(?:ABORTED|REFUSED|RESET)|ENOTFOUND|ETIMEDOUT|EPIPE|EHOST(?:DOWN|UNREACH)|ENETUNREACH|EAI_AGAIN|E11000)\b|TypeError|RangeError|the value lakeDataSource must name a data source of this app/.exec(
      String(error),
    );
  return known === null ? 'a fault that it does not name' : known[0];
}

// A change event on its way.
/** A separate database: a trigger on the whole cluster sees its changes, and must not send them. */
var ownDatabase = 'atlas_lake_sync';

/** The text is what is signed, sent and kept, byte for byte. */

/** The outbox' own changes, and everything that is no event: "Run" in the Atlas UI passes a greeting. */
function isToBeIgnored(changeEvent) {
  return !isFields(changeEvent) || fieldsOf(changeEvent['ns'])['db'] === ownDatabase;
}

function outgoingEvent(changeEvent) {
  const ns = fieldsOf(changeEvent['ns']);
  const db = textIn(ns['db']);
  const coll = textIn(ns['coll']);
  const token = textIn(fieldsOf(changeEvent['_id'])['_data']);
  // Built here, because the signature covers exactly these bytes.
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

/** Canonical, so that no number changes its type. One argument gives this by the documentation; the option makes sure. */
function canonicalText(value) {
  try {
    return EJSON.stringify(value, { relaxed: false });
  } catch (_unknownOptions) {
    return EJSON.stringify(value);
  }
}

function orNull(text) {
  return text === undefined ? null : text;
}

function webhookIdOf(token) {
  return `evt_${sha256(token).slice(0, 32)}`;
}

function sha256(text) {
  return require('crypto').createHash('sha256').update(text, 'utf8').digest('hex');
}

function byteLength(text) {
  return require('buffer').Buffer.byteLength(text, 'utf8');
}

// Reading what nobody has checked: an event, an answer, a document of the database.
function isFields(value) {
  return typeof value === 'object' && value !== null;
}

function fieldsOf(value) {
  return isFields(value) ? value : {};
}

function listOf(value) {
  return Array.isArray(value) ? value : [];
}

function textIn(value) {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
