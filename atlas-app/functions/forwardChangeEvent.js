// Atlas Lake Sync: forwardChangeEvent
// Built by "npm run build" from atlas-app/src/forward-change-event.ts and what it imports: change it there.

// The function of a database trigger. It posts the change event to the receiver, and keeps it in the outbox if that
// fails. It returns only when the event is delivered or kept, because Atlas never repeats a failed function.
exports = forwardChangeEvent;

async function forwardChangeEvent(changeEvent) {
  if (isToBeIgnored(changeEvent)) return { outcome: 'ignored' };
  const began = Date.now();
  const reading = recentFailure();
  const event = outgoingEvent(changeEvent);
  const failure = await reading;
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

/**
 * During an outage, only one event a minute is posted. Otherwise an ordered trigger could lose its place in the oplog.
 */
async function holdBack(event, failure) {
  const reason = `the receiver failed less than a minute ago: ${failure}`;
  return await keepOrDeliver(event, { state: 'waiting', reason, failed: false });
}

// Keeps an event in the outbox. If it is kept twice, the first entry stays.
/** A document has at most 16 MB. Its own change event must fit too, for triggers on the whole cluster. */
var partBytes = 12000000;
/** Includes the token. A token can be long, because it contains the document key. */
var documentBytes = 14000000;

/** Atlas ends a function after five minutes. Two tries to keep and two posts take much less. */
var keepMs = 60000;

/** If the outbox fails, posts the event once more. It is lost only if both fail. */
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

/** Resolves when the event is in the outbox. */
async function keep(event, why) {
  const id = event.token === undefined ? new BSON.ObjectId() : event.token;
  // Both tries use the same parts, because the entry of the first try can appear late.
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
    // The server has refused the entry with these parts, so nothing else names them.
    if (!isFirst) await removeParts(entry.parts);
  } catch (_passing) {
    // The election of a new primary takes seconds.
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

/** False if another entry was first and has the whole event. */
async function insertEntry(entry, parts) {
  // Parts come first, so that an entry never names missing parts.
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
 * The entry exists already: from another invocation, or from this one, and only the answer was lost. Without an entry,
 * the insert can still happen later. So the parts stay, and removeStrayParts removes them if no entry appears.
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

/** Empty if the event and its token fit into one entry. */
function partsOf({ text, token }) {
  const tokenBytes = token === undefined ? 0 : byteLength(token);
  const bytesOfText = byteLength(text);
  if (bytesOfText <= partBytes && bytesOfText + tokenBytes <= documentBytes) return [];
  // Each part also has the token, to name its entry.
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

// The outbox, a database of its own. It has one document for each event, parts of large events, and marks.
/**
 * `outbox` has one document for each event, `parts` the parts of large events. `marks` has the last failure of the
 * receiver and the number of kept events. `loads` has the state of each initial load.
 */
function outboxCollection(name) {
  return collectionOf(ownDatabase, name);
}

async function removeParts(ids) {
  if (ids.length > 0) await outboxCollection('parts').deleteMany({ _id: { $in: ids } });
}

/** For this time after a failure, events are kept without a post. */
var recentMs = 60000;
var markMs = 2000;

/**
 * The reason of a failure in the last minute, if events wait. Both look-ups are fast, even beside a million waiting
 * events. If the outbox cannot be read, the receiver can still be healthy, so the result is undefined.
 */
async function recentFailure() {
  try {
    const mark = await within(markMs, outboxCollection('marks').findOne({ _id: 'receiver' }));
    if (mark === undefined || mark === null || Number(mark['failedAt']) < Date.now() - recentMs) return undefined;
    const waiting = await within(markMs, outboxCollection('outbox').findOne({ state: 'waiting' }, { _id: 1 }));
    if (waiting === undefined || waiting === null) return undefined;
    const reason = textIn(mark['reason']);
    return reason === undefined ? 'the reason is unknown' : reason;
  } catch (_unreadable) {
    return undefined;
  }
}

/** With the mark, the next events are kept without a post. Without the mark, they are only slower. */
async function markFailing(reason) {
  try {
    const failed = { $set: { failedAt: new Date(), reason } };
    await within(markMs, outboxCollection('marks').updateOne({ _id: 'receiver' }, failed, { upsert: true }));
  } catch (_unwritable) {
    // The mark only saves time. The next step keeps the event itself.
  }
}

// Posts to the receiver that the values of the app name. An event whose arrival is unknown is posted once more.
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

/** Posts once. `http.post` resolves on every status and waits for ever, so both are checked here. */
async function post(receiver, webhookId, body, timeoutMs) {
  const headers = { 'Content-Type': ['application/json'] };
  if (receiver.key !== '') headers['x-functions-key'] = [receiver.key];
  // Each post has its own signature, because the receiver accepts a timestamp only for five minutes.
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

/** Reads seconds or a date. Header names keep the case of the server. */
function retryAfterMs(headers) {
  if (headers === undefined || headers === null) return undefined;
  const name = Object.keys(headers).find((key) => key.toLowerCase() === 'retry-after');
  const text = name === undefined ? '' : String(headers[name]).trim();
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const date = Date.parse(text);
  return date > 0 ? Math.max(0, date - Date.now()) : undefined;
}

/** `http.post` waits for ever. The receiver answers a request of one event long before this. */
var tryMs = 12000;
/** A retry does not begin later, because an ordered trigger sends no other event meanwhile. */
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
  // A retry would find the same values.
  if ('problem' in receiver) return { verdict: { kind: 'undelivered', reason: receiver.problem }, pauseMs: Infinity };
  const answer = await post(receiver, event.webhookId, event.text, tryMs);
  return { verdict: verdictOn(answer), pauseMs: pauseAfter(answer) };
}

function verdictOn(answer) {
  // The receiver or a host before it refuses the size, and one event cannot be split.
  if (isTooLarge(answer)) return refusedByStatus(answer);
  const verdicts = verdictsOf(answer, 1);
  const verdict = verdicts === undefined ? undefined : verdicts[0];
  return verdict === undefined ? { kind: 'undelivered', reason: reasonOf(answer) } : verdict;
}

/** Waits at least as long as the receiver asks. The pause is random, so that not all events retry at one moment. */
function pauseAfter(answer) {
  const asked = answer.kind === 'answer' && answer.retryAfterMs !== undefined ? answer.retryAfterMs : 1000;
  return asked + Math.floor(Math.random() * 1000);
}

// What the Atlas runtime gives: values of the app, collections and timers.
/** A value of the app as text. Empty when it is missing. */
function settingOf(name) {
  const value = context.values.get(name);
  return typeof value === 'string' ? value.trim() : '';
}

function collectionOf(database, name) {
  const service = context.services.get(settingOf('lakeDataSource') || 'mongodb-atlas');
  if (service === undefined || service === null)
    throw new Error('Cannot reach the outbox: the value lakeDataSource must name a data source of this app');
  return service.db(database).collection(name);
}

/** Everyone uses the global timers, but the documentation of Atlas names only the module. So both work here. */
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

/** Undefined if it takes longer. The work itself continues. */
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

// Reads the outcome of each event from the receiver's answer. Only a receipt counts, not a status: a login page also
// answers 200.
function isTooLarge(answer) {
  return answer.kind === 'answer' && answer.status === 413;
}

/** One verdict for each event, in their order. Undefined if the answer has no receipt. */
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
  // A 413 has a receipt when the text of some events was too large: the others can be durable.
  return (status >= 200 && status < 300) || status === 400 || status === 413 || status === 503;
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

/**
 * Uses only code and field: the reason is free text, and a stranger could write anything. Old receivers send no code.
 */
function toldOf(event) {
  const code = textIn(event['code']);
  const field = textIn(event['field']);
  if (code === undefined || !knownCode.test(code)) return 'the outbox says why';
  return field !== undefined && knownField.test(field) ? `${code}: ${field}` : code;
}

/** The whole request is refused. For a single event that is final. */
function refusedByStatus(answer) {
  const reason = reasonOf(answer);
  return { kind: 'refused', reason, told: reason };
}

/** The problem types of the receiver. Other words can come from anyone. */
var problemType =
  /^urn:atlas-lake-sync:problem:(unsupported-type|body-too-large|over-compressed|text-too-large|too-many-events|not-authentic|not-json|too-deep|events-refused|storage-failed|busy|incomplete-body|misconfigured)$/;

/** Why the whole request failed. */
function reasonOf(answer) {
  if (answer.kind === 'silence') return answer.reason;
  const type = problemTypeOf(answer);
  if (type !== undefined) return `answered ${answer.status} ${type}`;
  return `answered ${answer.status}${answer.status < 300 ? ' without a receipt' : ''}`;
}

/** A type such as `busy`. Undefined for an answer of another server. */
function problemTypeOf(answer) {
  const type = textIn(problemOf(answer)['type']);
  const known = problemType.exec(type === undefined ? '' : type);
  return known === null ? undefined : known[1];
}

/** The members of a receipt or a problem. Empty if the answer is no JSON object. */
function problemOf(answer) {
  if (answer.kind === 'silence') return {};
  try {
    return fieldsOf(JSON.parse(answer.text));
  } catch (_notJson) {
    return {};
  }
}

// One log line for each invocation: counts, names and digests. It never has a document, token, key or secret.
/** Atlas cuts a line at 512 bytes. */
var maxLineBytes = 511;

/** Throws if the event is lost, because Atlas then marks the invocation as failed. */
function logOutcome(name, event, { outcome, reason }, began) {
  const { namespace, operationType, digest } = event;
  const durationMs = Date.now() - began;
  const line = logLine({ function: name, outcome, operationType, namespace, digest, durationMs, reason });
  if (outcome === 'lost') throw new Error(`Cannot keep event ${digest}: ${reason}`);
  return line;
}

function logLine(line) {
  // One character can become six bytes of JSON.
  const lines = [100, 50, 25, 10].map((most) => cutLine(line, most));
  const fitting = lines.find((text) => byteLength(text) <= maxLineBytes);
  if (fitting !== undefined) console.log(fitting);
  return line;
}

function cutLine(line, most) {
  const text = JSON.stringify(line, (_, value) => (typeof value === 'string' ? value.slice(0, most) : value));
  // Some log readers end a line at these characters, so a name could forge a line.
  return text.replace(/[\u007f-\u009f\u2028\u2029]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** Error messages can contain addresses and document keys. So only harmless words are kept. */
function faultWord(error) {
  const known =
    /no such host|refused|reset|timeout|timed out|certificate|EOF|unreachable|not primary|not authorized|not allowed|Unrecognized expression|\b(?:ECONN(?:ABORTED|REFUSED|RESET)|ENOTFOUND|ETIMEDOUT|EPIPE|EHOST(?:DOWN|UNREACH)|ENETUNREACH|EAI_AGAIN|E11000)\b|TypeError|RangeError|the value lakeDataSource must name a data source of this app/.exec(
      String(error),
    );
  return known === null ? 'a fault that it does not name' : known[0];
}

// The form in which a change event is signed, sent and kept.
/** A separate database, so that a trigger on the whole cluster can ignore its changes. */
var ownDatabase = 'atlas_lake_sync';

/** Changes of the outbox itself, and values that are no event: "Run" in the Atlas UI passes a greeting. */
function isToBeIgnored(changeEvent) {
  return !isFields(changeEvent) || fieldsOf(changeEvent['ns'])['db'] === ownDatabase;
}

function outgoingEvent(changeEvent) {
  const ns = fieldsOf(changeEvent['ns']);
  const db = textIn(ns['db']);
  const coll = textIn(ns['coll']);
  const token = textIn(fieldsOf(changeEvent['_id'])['_data']);
  // Made only once, because the signature covers exactly these bytes.
  const text = canonicalText(changeEvent);
  return {
    token,
    webhookId: webhookIdOf('evt', token === undefined ? text : token),
    digest: sha256(JSON.stringify([orNull(db), orNull(coll), orNull(token)])).slice(0, 16),
    namespace: [db, coll].filter((name) => name !== undefined).join('.'),
    operationType: String(changeEvent['operationType']),
    text,
  };
}

/**
 * Canonical, so that no number changes its type. The documentation says that canonical is the default without options.
 */
function canonicalText(value) {
  try {
    return EJSON.stringify(value, { relaxed: false });
  } catch (_unknownOptions) {
    return EJSON.stringify(value);
  }
}

function orNull(value) {
  return value === undefined ? null : value;
}

function byteLength(text) {
  return require('buffer').Buffer.byteLength(text, 'utf8');
}

/** Reads unchecked values: an event, an answer, a document of the database. */
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

// Gives a request its id and its signature by Standard Webhooks: an HMAC over id, time and the exact bytes of the body.
/** A hash, because tokens contain document keys. The same events always get the same id. */
function webhookIdOf(kind, tokens) {
  return `${kind}_${sha256(tokens).slice(0, 32)}`;
}

function sha256(text) {
  return require('crypto').createHash('sha256').update(text, 'utf8').digest('hex');
}

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
