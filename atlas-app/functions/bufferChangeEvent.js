// Atlas Lake Sync: bufferChangeEvent
// Built by "npm run build" from atlas-app/src/buffer-change-event.ts and what it imports: change it there.

// The function of a database trigger on a busy collection: keeps each change event in the outbox at once, for drainOutbox to send
// in batches. It sends a batch itself as soon as enough events are kept, or the first of them long enough; drainOutbox sends the
// rest when no more come.

exports = bufferChangeEvent;

async function bufferChangeEvent(changeEvent) {
  if (isToBeIgnored(changeEvent)) return { outcome: 'ignored' };
  const began = Date.now();
  const event = outgoingEvent(changeEvent);
  const outcome = await keepOrDeliver(event, { state: 'waiting', reason: 'buffered', failed: false });
  const fault = outcome.outcome === 'lost' ? '' : await sendBatchIfDue();
  const told =
    fault === '' ? outcome : Object.assign({}, outcome, { reason: `${outcome.reason}; no batch now: ${fault}` });
  return logOutcome('bufferChangeEvent', event, told, began);
}

/** The event is kept: whatever goes wrong here, the next drain puts right. */
async function sendBatchIfDue() {
  const receiver = openReceiver();
  try {
    if ('problem' in receiver || !(await isBatchDue(batchEvents(), batchSeconds()))) return '';
    if ((await recentFailure()) !== undefined) return '';
    await drain(receiver, batchEvents(), 1);
    return '';
  } catch (error) {
    return faultWord(error);
  }
}

/** Counts one more event that is kept; true when as many as make a batch, or as old, are kept since the last drain. */
async function isBatchDue(events, seconds) {
  const now = Date.now();
  const counted = await outboxCollection('marks').findOneAndUpdate(
    { _id: 'buffer' },
    { $inc: { kept: 1 }, $setOnInsert: { since: new Date(now) } },
    { upsert: true, returnNewDocument: true },
  );
  if (counted === null) return false;
  const dueSince = new Date(now - seconds * 1000);
  return (
    Number(counted['kept']) % events === 0 ||
    (Number(counted['since']) <= Number(dueSince) && (await isFirstToSee(dueSince)))
  );
}

/** Of many that come at once, one sends. */
async function isFirstToSee(dueSince) {
  const begun = { $set: { since: new Date() } };
  const { modifiedCount } = await outboxCollection('marks').updateOne(
    { _id: 'buffer', since: { $lte: dueSince } },
    begun,
  );
  return modifiedCount === 1;
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

var mostOfReceiver = 1000;

/** How many events make a batch: the value lakeBatchEvents, where the receiver takes fewer than it does by itself. */
function batchEvents() {
  const events = Math.floor(Number(context.values.get('lakeBatchEvents')));
  return events >= 1 && events <= mostOfReceiver ? events : mostOfReceiver;
}

var longest = 3600;

/** How long bufferChangeEvent lets events wait for others: the value lakeBatchSeconds, else a minute. */
function batchSeconds() {
  const seconds = Number(context.values.get('lakeBatchSeconds'));
  return seconds >= 1 && seconds <= longest ? seconds : 60;
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

function pause(ms) {
  return new Promise((resolve) => {
    startTimer(resolve, ms);
  });
}

/** How the receiver's own reasons begin. Whoever else writes a receipt could put anything into one, and Atlas would log it. */
var ownRefusal =
  /^(?:answered 4\d\d(?: [a-z-]+)?$|Cannot read change event: "(?:_id|operationType|clusterTime|wallTime|ns)" must be)/;

/** As much of a refusal's reason as may be told outside of the outbox. */
function knownRefusal(reason) {
  const known = ownRefusal.exec(reason);
  return known === null ? undefined : known[0];
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
