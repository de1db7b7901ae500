// Atlas Lake Sync: drainOutbox
// Built by "npm run build" from atlas-app/src/drain-outbox.ts and what it imports: change it there.

// The function of a scheduled trigger: sends what waits in the outbox, oldest first, in batches, and tells what is left.

exports = drainOutbox;

async function drainOutbox() {
  const began = Date.now();
  try {
    const drained = await drainAll();
    const state = await outboxState();
    if (state.waiting + state.refused === 0) await removeStrayParts();
    return logLine(Object.assign({ function: 'drainOutbox' }, drained, state, { durationMs: Date.now() - began }));
  } catch (error) {
    // Of the database: its messages can carry keys of documents, which Atlas would log.
    throw new Error(`Cannot drain the outbox: its database must answer: ${faultWord(error)}`);
  }
}

async function drainAll() {
  const receiver = openReceiver();
  if ('problem' in receiver) return { delivered: 0, newlyRefused: 0, failed: 0, posts: 0, reason: receiver.problem };
  return await drain(receiver, batchEvents(), Infinity);
}

var mostOfReceiver = 1000;

/** How many events make a batch: the value lakeBatchEvents, where the receiver takes fewer than it does by itself. */
function batchEvents() {
  const events = Math.floor(Number(context.values.get('lakeBatchEvents')));
  return events >= 1 && events <= mostOfReceiver ? events : mostOfReceiver;
}

/** The receiver ends a request within 25 s. */
var batchTryMs = 28000;
/** No batch is begun later: the next drain begins a minute after this one. */
var drainMs = 45000;
/** Of Atlas' 1,000; what a batch takes comes on top. */
var mostOperations = 900;
var batchBytes = 8000000;
var mostReasons = 50;

/**
 * Sends what is due when it begins, oldest first, until the receiver fails or time is over: what fails on the way waits for the
 * next drain. Two drains at once only send some events twice.
 */
async function drain(receiver, batchEvents, mostBatches) {
  const began = Date.now();
  const spentBefore = operations.spent;
  const limits = { events: batchEvents, bytes: batchBytes };
  const drained = { delivered: 0, newlyRefused: 0, failed: 0, posts: 0, reason: '' };
  let queue = [];
  await clearMark('buffer');
  while (drained.reason === '' && drained.posts < mostBatches) {
    if (queue.length === 0) queue = await listDue(began);
    if (queue.length === 0) break;
    if (Date.now() - began > drainMs || operations.spent - spentBefore > mostOperations) drained.reason = 'out of time';
    else queue = await sendFront(queue, receiver, limits, drained);
  }
  return drained;
}

/** What is left of the queue. */
async function sendFront(queue, receiver, limits, drained) {
  const front = cutBatch(queue, limits);
  const rest = queue.slice(front.length);
  const batch = await loadBatch(front);
  await postpone(without(front, batch.entries), 'its text could not be read');
  if (batch.entries.length === 0) return rest;

  const answer = await post(receiver, batch.webhookId, batch.body, batchTryMs);
  drained.posts += 1;
  if (isTooLarge(answer) && batch.entries.length > 1) {
    shrink(limits, answer, batch);
    return (await thoseToPostAgain(batch.entries, reasonOf(answer))).concat(rest);
  }
  await settle(batch, answer, drained);
  return rest;
}

function isTooLarge(answer) {
  return answer.kind === 'answer' && answer.status === 413;
}

/** By what the receiver says is its limit, or by half: a host or a proxy says nothing. */
function shrink(limits, answer, batch) {
  const { type, limit } = problemOf(answer);
  const most = typeof limit === 'number' && limit > 0 ? limit : 0;
  const half = Math.floor(batch.entries.length / 2);
  limits.events = half;
  if (type === 'urn:atlas-lake-sync:problem:too-many-events' && most > 0 && most < batch.entries.length)
    limits.events = most;
  if (type === 'urn:atlas-lake-sync:problem:body-too-large' && most > 0 && most < batch.body.length) {
    limits.events = batch.entries.length;
    limits.bytes = most;
  }
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

/** What the receipt calls durable goes, what it refuses stays with its reason, everything else waits. */
async function settle({ entries }, answer, drained) {
  const verdicts = isTooLarge(answer) ? [refusal(answer)] : verdictsOf(answer, entries.length);
  const kindOf = (index) => {
    const verdict = verdicts === undefined ? undefined : verdicts[index];
    return verdict === undefined ? 'undelivered' : verdict.kind;
  };
  const delivered = entries.filter((_, index) => kindOf(index) === 'delivered');
  const undelivered = entries.filter((_, index) => kindOf(index) === 'undelivered');
  await removeEntries(delivered);
  await postpone(undelivered, reasonOf(answer), retryAfterOf(answer));
  await markRefusedByReason(entries, verdicts === undefined ? [] : verdicts);

  drained.delivered += delivered.length;
  drained.failed += undelivered.length;
  drained.newlyRefused += entries.length - delivered.length - undelivered.length;
  if (undelivered.length === 0) return clearMark('receiver');
  // Some of them it took: it is not down, and whether it is well the next batch tells.
  if (undelivered.length < entries.length) return;
  drained.reason = reasonOf(answer);
  await markFailing(drained.reason);
}

function retryAfterOf(answer) {
  return answer.kind === 'answer' && answer.retryAfterMs !== undefined ? answer.retryAfterMs : 0;
}

function refusal(answer) {
  return { kind: 'refused', reason: reasonOf(answer) };
}

async function markRefusedByReason(entries, verdicts) {
  const given = verdicts.map((verdict) => (verdict.kind === 'refused' ? verdict.reason : undefined));
  // Each costs an operation. The receiver has about ten; a stranger could have one for each event.
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

/** Of one event in one invocation: what is too large that often waits for the next. */
var mostPosts = 3;
/** So many requests more do no harm. */
var few = 32;

/** From the front of the queue, as much as one request may hold; one event always. */
function cutBatch(queue, limits) {
  const batch = [];
  // The brackets; each event brings a comma.
  let bytes = 1;
  let events = limits.events;
  for (const entry of queue) {
    events = Math.min(events, companyOf(entry, limits.events));
    bytes += entry.bytes + 1;
    if (batch.length > 0 && (batch.length >= events || bytes > limits.bytes)) break;
    batch.push(entry);
  }
  return batch;
}

/** What fails again and again is sent in smaller and smaller company, so that one event that no receiver survives is found out. */
function companyOf({ tries, posts }, most) {
  // Its last request of this invocation: alone it is settled, whatever the receiver's limit is.
  if (posts === mostPosts - 1 && most <= few) return 1;
  return Math.max(1, Math.floor(most / 2 ** Math.max(0, tries - 2)));
}

/** With the texts; without the entries that another drain removed meanwhile. */
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
    return { entries: loaded, webhookId: webhookIdOf(String(first.id)), body: bodies.join('') };
  // Of the same events it is the same request, in this drain and in the next.
  const webhookId = `bat_${sha256(loaded.map(({ id }) => String(id)).join()).slice(0, 32)}`;
  return { entries: loaded, webhookId, body: `[${bodies.join(',')}]` };
}

async function textOf(entry) {
  const ids = partsOf(entry);
  if (ids.length === 0) return String(entry['text']);
  const pieces = {};
  for (const part of await outboxCollection('parts')
    .find({ _id: { $in: ids } })
    .toArray())
    pieces[String(part['_id'])] = String(part['text']);
  return ids.every((id) => pieces[String(id)] !== undefined) ? ids.map((id) => pieces[String(id)]).join('') : undefined;
}

var mostListed = 1000;
/** 5 s, 10 s, 20 s … 10 min. */
var firstPauseMs = 5000;
var longestPauseMs = 600000;

/** Resume tokens sort in stream order, so the oldest are found by `_id`. */
async function listDue(atMs) {
  const due = { state: 'waiting', dueAt: { $lte: new Date(atMs) } };
  const found = outboxCollection('outbox').find(due, { bytes: 1, tries: 1, parts: 1 });
  return (await found.sort({ _id: 1 }).limit(mostListed).toArray()).map((entry) => ({
    id: idOf(entry),
    bytes: Number(entry['bytes']),
    tries: Number(entry['tries']),
    parts: partsOf(entry),
    posts: 0,
  }));
}

function idOf(entry) {
  const id = entry['_id'];
  return typeof id === 'string' ? id : fieldsOf(id);
}

function partsOf(entry) {
  const parts = entry['parts'];
  return Array.isArray(parts) ? parts : [];
}

/** The entries first: parts that nobody names do no harm. */
async function removeEntries(entries) {
  if (entries.length === 0) return;
  // Whatever another drain made of them meanwhile: what is in the lake needs no place here.
  await outboxCollection('outbox').deleteMany({ _id: { $in: entries.map(({ id }) => id) } });
  await removeParts(entries.reduce((all, { parts }) => all.concat(parts), []));
}

async function markRefused(entries, reason) {
  const refused = { state: 'refused', reason, refusedAt: new Date() };
  await outboxCollection('outbox').updateMany(these(entries), { $set: refused });
}

/** With growing pauses; what another drain removed meanwhile is not there to be changed. */
async function postpone(entries, reason, retryAfterMs = 0) {
  const now = Date.now();
  for (const tries of new Set(entries.map((entry) => entry.tries))) {
    const pauseMs = Math.min(longestPauseMs, Math.max(retryAfterMs, firstPauseMs * 2 ** tries));
    const failed = { tries: tries + 1, dueAt: new Date(now + pauseMs), failedAt: new Date(now), reason };
    const some = entries.filter((entry) => entry.tries === tries);
    await outboxCollection('outbox').updateMany(these(some), { $set: failed });
  }
}

/** A refused entry stays refused, whatever another drain found out about it. */
function these(entries) {
  return { _id: { $in: entries.map(({ id }) => id) }, state: 'waiting' };
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

/** `outbox` holds one document per event, `parts` what does not fit into one, `marks` when the receiver failed and how much is kept. */
function outboxCollection(name) {
  operations.spent += 1;
  const service = context.services.get(settingOf('lakeDataSource') || 'mongodb-atlas');
  if (service === undefined || service === null)
    throw new Error('Cannot reach the outbox: the value lakeDataSource must name a data source of this app');
  return service.db(outboxDatabase).collection(name);
}

/** What this invocation asked of the network, requests and database together: Atlas ends it at 1,000. */
var operations = { spent: 0 };

/** A database of its own: a trigger on the whole cluster sees its changes, and must not send them. */
var outboxDatabase = 'atlas_lake_sync';

/** A value of the app as text; empty where there is none. */
function settingOf(name) {
  const value = context.values.get(name);
  return typeof value === 'string' ? value.trim() : '';
}

async function removeParts(ids) {
  if (ids.length > 0) await outboxCollection('parts').deleteMany({ _id: { $in: ids } });
}

function sha256(text) {
  return require('crypto').createHash('sha256').update(text, 'utf8').digest('hex');
}

/** Stable for the event, and tells nothing of it. */
function webhookIdOf(token) {
  return `evt_${sha256(token).slice(0, 32)}`;
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

/** Of Node's timers the documentation of Atlas has the module; the globals are what everybody uses. */
function startTimer(callback, ms) {
  return typeof setTimeout === 'function' ? setTimeout(callback, ms) : require('timers').setTimeout(callback, ms);
}

function stopTimer(timer) {
  if (typeof clearTimeout === 'function') clearTimeout(timer);
  else if (typeof setTimeout !== 'function') require('timers').clearTimeout(timer);
}

async function clearMark(id) {
  await outboxCollection('marks').deleteOne({ _id: id });
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

function byteLength(text) {
  return require('buffer').Buffer.byteLength(text, 'utf8');
}

/** A part without an entry is of a keeping that ended half-way; none takes as long, an invocation ends after five minutes. */
var strayMs = 3600000;

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

async function removeStrayParts() {
  await outboxCollection('parts').deleteMany({ keptAt: { $lt: new Date(Date.now() - strayMs) } });
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
