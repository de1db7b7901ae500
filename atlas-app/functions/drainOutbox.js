// Atlas Lake Sync: drainOutbox
// Built by "npm run build" from atlas-app/src/drain-outbox.ts and what it imports: change it there.

// The function of a scheduled trigger. It sends the waiting events of the outbox in batches, oldest first, and logs
// what is left.
exports = drainOutbox;

async function drainOutbox() {
  const began = Date.now();
  try {
    const drained = await drainAll();
    const state = await outboxState();
    await removeStrayParts();
    return logLine(Object.assign({ function: 'drainOutbox' }, drained, state, { durationMs: Date.now() - began }));
  } catch (error) {
    // Messages of the database can contain document keys, and Atlas would log them.
    throw new Error(`Cannot drain the outbox: its database must answer: ${faultWord(error)}`);
  }
}

async function drainAll() {
  const receiver = openReceiver();
  if ('problem' in receiver) return { delivered: 0, newlyRefused: 0, failed: 0, posts: 0, reason: receiver.problem };
  return await drain(receiver, batchEvents(), Infinity);
}

async function outboxState() {
  const [waiting, refused, oldest] = await Promise.all([
    outboxCollection('outbox').count({ state: 'waiting' }),
    outboxCollection('outbox').count({ state: 'refused' }),
    outboxCollection('outbox').find({ state: 'waiting' }, { keptAt: 1 }).sort({ _id: 1 }).limit(1).toArray(),
  ]);
  const [entry] = oldest;
  const ageMs = entry === undefined ? 0 : Date.now() - Number(entry['keptAt']);
  return { waiting, oldestSeconds: Math.round(ageMs / 1000), refused };
}

/** Atlas ends an invocation after five minutes. So an older part without an entry never gets one. */
var strayMs = 3600000;
/**
 * The pause after a look that found old parts of waiting events. An outage can leave many, and each look reads them.
 */
var nextLookMs = 3000000;
var pageParts = 1000;
var mostPages = 10;

/**
 * Removes parts of large events that no entry names: an invocation died before its entry, or another entry was first.
 * Works also while entries wait or are refused.
 */
async function removeStrayParts() {
  const now = Date.now();
  const looked = await outboxCollection('marks').findOne({ _id: 'strays' }, { lookedAt: 1 });
  if (looked !== null && looked !== undefined && Number(looked['lookedAt']) > now - nextLookMs) return;
  const before = new Date(now - strayMs);
  let after;
  let isAnyNamed = false;
  for (let page = 0; page < mostPages; page += 1) {
    const old = await oldParts(before, after);
    const stray = await strayOf(old);
    await removeParts(stray);
    isAnyNamed = isAnyNamed || stray.length < old.length;
    const last = old[old.length - 1];
    if (old.length < pageParts || last === undefined) break;
    after = last['_id'];
  }
  if (!isAnyNamed) return;
  const mark = { $set: { lookedAt: new Date(now) } };
  await outboxCollection('marks').updateOne({ _id: 'strays' }, mark, { upsert: true });
}

function oldParts(before, after) {
  const query = Object.assign({ keptAt: { $lt: before } }, after === undefined ? {} : { _id: { $gt: after } });
  return outboxCollection('parts').find(query, { entry: 1 }).sort({ _id: 1 }).limit(pageParts).toArray();
}

/** Finds entries by their `_id`. Parts of an earlier version do not name their entry. */
async function strayOf(parts) {
  if (parts.length === 0) return [];
  const withEntry = parts.filter((part) => part['entry'] !== undefined);
  const without = parts.filter((part) => part['entry'] === undefined);
  const named = {};
  const note = (entry) => {
    for (const id of listOf(entry['parts'])) named[String(id)] = true;
  };
  const entries = { _id: { $in: withEntry.map((part) => part['entry']) } };
  if (withEntry.length > 0) (await outboxCollection('outbox').find(entries, { parts: 1 }).toArray()).forEach(note);
  const naming = { parts: { $in: without.map((part) => part['_id']) } };
  if (without.length > 0) (await outboxCollection('outbox').find(naming, { parts: 1 }).toArray()).forEach(note);
  return parts.map((part) => part['_id']).filter((id) => named[String(id)] !== true);
}

// Sends the waiting events of the outbox, in batches.
/** The receiver ends a request within 25 s. */
var batchTryMs = 28000;
var batchBytes = 8000000;
var mostReasons = 50;

/**
 * Sends the events that are due at its start, oldest first, until the receiver fails or the time is over. Failed events
 * wait for the next drain. Two drains at once can send an event twice, and that does no harm.
 */
async function drain(receiver, batchEvents, mostBatches) {
  const budget = beginBudget();
  const limits = { events: batchEvents, bytes: batchBytes };
  const drained = { delivered: 0, newlyRefused: 0, failed: 0, posts: 0, reason: '' };
  let queue = [];
  await clearMark('buffer');
  while (drained.reason === '' && drained.posts < mostBatches) {
    if (queue.length === 0) queue = await listDue(budget.began);
    if (queue.length === 0) break;
    if (!isTimeLeft(budget)) drained.reason = 'out of time';
    else queue = await sendFront(queue, receiver, limits, drained);
  }
  return drained;
}

/** Returns the rest of the queue. */
async function sendFront(queue, receiver, limits, drained) {
  const front = cutBatch(queue, limits);
  const rest = queue.slice(front.length);
  const batch = await loadBatch(front);
  await postpone(without(front, batch.entries), 'its text could not be read');
  if (batch.entries.length === 0) return rest;

  const answer = await post(receiver, batch.webhookId, batch.body, batchTryMs);
  drained.posts += 1;
  if (isTooLarge(answer) && batch.entries.length > 1) {
    const left = await settleKnown(batch.entries, verdictsOf(answer, batch.entries.length), drained);
    shrink(limits, answer, batch, batch.entries.length - left.length);
    return (await thoseToPostAgain(left, reasonOf(answer))).concat(rest);
  }
  await settle(batch, answer, drained);
  return rest;
}

async function thoseToPostAgain(entries, reason) {
  for (const entry of entries) entry.posts += 1;
  const again = entries.filter(({ posts }) => posts < mostPosts);
  await postpone(without(entries, again), reason);
  return again;
}

function without(entries, some) {
  return entries.filter((entry) => !some.includes(entry));
}

/** Durable events go, refused events stay with their reason, and all others wait. */
async function settle({ entries }, answer, drained) {
  const verdicts = isTooLarge(answer) ? [refusedByStatus(answer)] : verdictsOf(answer, entries.length);
  const undelivered = await settleKnown(entries, verdicts, drained);
  await postpone(undelivered, reasonOf(answer), retryAfterOf(answer));
  drained.failed += undelivered.length;
  if (undelivered.length === 0) return clearMark('receiver');
  // The receiver took some of them, so it is not down.
  if (undelivered.length < entries.length) return;
  drained.reason = reasonOf(answer);
  await markFailing(drained.reason);
}

/** Removes the durable events and marks the refused ones. Returns the others: all of them without a receipt. */
async function settleKnown(entries, verdicts, drained) {
  const kindOf = (index) => {
    const verdict = verdicts === undefined ? undefined : verdicts[index];
    return verdict === undefined ? 'undelivered' : verdict.kind;
  };
  const delivered = entries.filter((_, index) => kindOf(index) === 'delivered');
  const undelivered = entries.filter((_, index) => kindOf(index) === 'undelivered');
  await removeEntries(delivered);
  await markRefusedByReason(entries, verdicts === undefined ? [] : verdicts);
  drained.delivered += delivered.length;
  drained.newlyRefused += entries.length - delivered.length - undelivered.length;
  return undelivered;
}

function retryAfterOf(answer) {
  return answer.kind === 'answer' && answer.retryAfterMs !== undefined ? answer.retryAfterMs : 0;
}

async function markRefusedByReason(entries, verdicts) {
  const given = verdicts.map((verdict) => (verdict.kind === 'refused' ? verdict.reason : undefined));
  // Each reason costs an operation. The receiver has about ten reasons, but a stranger could send one for each event.
  const kept = [...new Set(given)].slice(0, mostReasons);
  const reasons = given.map((reason) => (kept.includes(reason) ? reason : 'refused, for one of too many reasons'));
  for (const reason of new Set(reasons)) {
    if (reason === undefined) continue;
    await markRefused(
      entries.filter((_, index) => reasons[index] === reason),
      reason,
    );
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
  operations.spent += 1;
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

// One log line for each invocation: counts, names and digests. It never has a document, token, key or secret.
/** Atlas cuts a line at 512 bytes. */
var maxLineBytes = 511;

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

// The next request of a drain: its entries, and their texts.
/** The posts of one event in one invocation. After them the event waits for the next invocation. */
var mostPosts = 3;
/** This number of single requests does no harm. */
var few = 32;

var mostOfReceiver = 1000;

/** The number of events in a batch: the value lakeBatchEvents, for a receiver that takes fewer than 1,000. */
function batchEvents() {
  const events = Math.floor(Number(context.values.get('lakeBatchEvents')));
  return events >= 1 && events <= mostOfReceiver ? events : mostOfReceiver;
}

/** Takes as many entries from the front of the queue as one request can hold. One event always fits. */
function cutBatch(queue, limits) {
  const batch = [];
  // One byte for the brackets. Each event adds one for its comma.
  let bytes = 1;
  let events = limits.events;
  for (const entry of queue) {
    events = Math.min(events, batchSizeFor(entry, limits.events));
    bytes += entry.bytes + 1;
    if (batch.length > 0 && (batch.length >= events || bytes > limits.bytes)) break;
    batch.push(entry);
  }
  return batch;
}

/** Halves the batch after each failure, until a poison event is sent alone. */
function batchSizeFor({ tries, posts }, most) {
  // The last post in this invocation. A single event always gets a final answer.
  if (posts === mostPosts - 1 && most <= few) return 1;
  return Math.max(1, Math.floor(most / 2 ** Math.max(0, tries - 2)));
}

/**
 * Uses the limit in the answer of the receiver, or the number of events that it took from a batch. The answer of a host
 * or a proxy has neither, so the batch is halved.
 */
function shrink(limits, answer, batch, settled) {
  const most = limitsIn(answer);
  const half = Math.floor(batch.entries.length / 2);
  limits.events = Math.max(half, Math.min(settled, batch.entries.length - 1));
  if (most.events < batch.entries.length) limits.events = most.events;
  if (most.bytes < batch.body.length) {
    limits.events = batch.entries.length;
    limits.bytes = most.bytes;
  }
}

/** Leaves out the entries that another drain removed meanwhile. */
async function loadBatch(entries) {
  const found = outboxCollection('outbox').find({ _id: { $in: entries.map(({ id }) => id) } }, { text: 1, parts: 1 });
  const texts = {};
  for (const entry of await found.toArray()) {
    const text = await textOf(entry);
    if (text !== undefined) texts[String(idOf(entry))] = text;
  }
  const loaded = entries.filter(({ id }) => texts[String(id)] !== undefined);
  const bodies = loaded.map(({ id }) => texts[String(id)]);
  const [first] = loaded;
  if (loaded.length === 1 && first !== undefined)
    return { entries: loaded, webhookId: webhookIdOf('evt', String(first.id)), body: bodies.join('') };
  // The same in this drain and in the next.
  const webhookId = webhookIdOf('bat', loaded.map(({ id }) => String(id)).join());
  return { entries: loaded, webhookId, body: `[${bodies.join(',')}]` };
}

async function textOf(entry) {
  const ids = listOf(entry['parts']);
  if (ids.length === 0) return String(entry['text']);
  const pieces = {};
  for (const part of await outboxCollection('parts')
    .find({ _id: { $in: ids } })
    .toArray())
    pieces[String(part['_id'])] = String(part['text']);
  return ids.every((id) => pieces[String(id)] !== undefined) ? ids.map((id) => pieces[String(id)]).join('') : undefined;
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

/** The limit that the receiver names in a 413. Infinity where it names none: a host or a proxy does not. */
function limitsIn(answer) {
  const type = problemTypeOf(answer);
  const { limit } = problemOf(answer);
  const most = typeof limit === 'number' && limit > 0 ? limit : Infinity;
  return {
    events: type === 'too-many-events' ? most : Infinity,
    bytes: type === 'body-too-large' ? most : Infinity,
  };
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

// The outbox, a database of its own. It has one document for each event, parts of large events, and marks.
/**
 * `outbox` has one document for each event, `parts` the parts of large events. `marks` has the last failure of the
 * receiver and the number of kept events. `loads` has the state of each initial load.
 */
function outboxCollection(name) {
  return collectionOf(ownDatabase, name);
}

var mostListed = 1000;
/** 5 s, 10 s, 20 s … 10 min. */
var firstPauseMs = 5000;
var longestPauseMs = 600000;

/** Sorts by `_id`, so the oldest come first: resume tokens sort in stream order. */
async function listDue(atMs) {
  const due = { state: 'waiting', dueAt: { $lte: new Date(atMs) } };
  const found = outboxCollection('outbox').find(due, { bytes: 1, tries: 1, parts: 1 });
  return (await found.sort({ _id: 1 }).limit(mostListed).toArray()).map((entry) => ({
    id: idOf(entry),
    bytes: Number(entry['bytes']),
    tries: Number(entry['tries']),
    parts: listOf(entry['parts']),
    posts: 0,
  }));
}

function idOf(entry) {
  const id = entry['_id'];
  return typeof id === 'string' ? id : fieldsOf(id);
}

/** Removes the entries first, because parts without an entry do no harm. */
async function removeEntries(entries) {
  if (entries.length === 0) return;
  // Includes entries that another drain has changed, because they are in the lake.
  await outboxCollection('outbox').deleteMany({ _id: { $in: entries.map(({ id }) => id) } });
  await removeParts(entries.reduce((all, { parts }) => all.concat(parts), []));
}

async function removeParts(ids) {
  if (ids.length > 0) await outboxCollection('parts').deleteMany({ _id: { $in: ids } });
}

async function markRefused(entries, reason) {
  const refused = { state: 'refused', reason, refusedAt: new Date() };
  await outboxCollection('outbox').updateMany(stillWaiting(entries), { $set: refused });
}

/** The pauses grow with each failure. */
async function postpone(entries, reason, retryAfterMs = 0) {
  const now = Date.now();
  for (const tries of new Set(entries.map((entry) => entry.tries))) {
    const pauseMs = Math.min(longestPauseMs, Math.max(retryAfterMs, firstPauseMs * 2 ** tries));
    const failed = { tries: tries + 1, dueAt: new Date(now + pauseMs), failedAt: new Date(now), reason };
    const some = entries.filter((entry) => entry.tries === tries);
    await outboxCollection('outbox').updateMany(stillWaiting(some), { $set: failed });
  }
}

/** A refused entry stays refused, even if another drain had another result. */
function stillWaiting(entries) {
  return { _id: { $in: entries.map(({ id }) => id) }, state: 'waiting' };
}
var markMs = 2000;

/** With the mark, the next events are kept without a post. Without the mark, they are only slower. */
async function markFailing(reason) {
  try {
    const failed = { $set: { failedAt: new Date(), reason } };
    await within(markMs, outboxCollection('marks').updateOne({ _id: 'receiver' }, failed, { upsert: true }));
  } catch (_unwritable) {
    // The mark only saves time. The next step keeps the event itself.
  }
}

async function clearMark(id) {
  await outboxCollection('marks').deleteOne({ _id: id });
}

// What the Atlas runtime gives: values of the app, collections and timers.
/** A value of the app as text. Empty when it is missing. */
function settingOf(name) {
  const value = context.values.get(name);
  return typeof value === 'string' ? value.trim() : '';
}

/** Requests and database operations. Atlas ends an invocation at 1,000. */
var operations = { spent: 0 };

/** No page or batch begins later, because the next invocation begins a minute after this one. */
var workMs = 45000;
/** The difference to 1,000 is for the operations of the last page or batch. */
var mostOperations = 900;

function beginBudget() {
  return { began: Date.now(), spentBefore: operations.spent };
}

/** True if a page or batch may begin after this pause. */
function isTimeLeft({ began, spentBefore }, pauseMs = 0, share = 1) {
  const isTime = Date.now() + pauseMs - began < workMs * share;
  return isTime && operations.spent - spentBefore < mostOperations * share;
}

function collectionOf(database, name) {
  operations.spent += 1;
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

// The form in which a change event is signed, sent and kept.
/** A separate database, so that a trigger on the whole cluster can ignore its changes. */
var ownDatabase = 'atlas_lake_sync';

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
