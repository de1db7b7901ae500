// Atlas Lake Sync: bufferChangeEvent
// Built by "npm run build" from atlas-app/src/buffer-change-event.ts and what it imports: change it there.

// The function of a database trigger on a busy collection: keeps each change event in the outbox at once, for batches. It sends a
// batch itself when enough events are kept, or when the first of them is old enough. drainOutbox sends the rest.
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

/** The event is kept, so a fault here does no harm: the next drain sends it. */
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

/** Counts one more event that is kept. True when enough events, or old enough ones, are kept since the last drain. */
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

/** When many invocations come at once, one of them sends. */
async function isFirstToSee(dueSince) {
  const begun = { $set: { since: new Date() } };
  const { modifiedCount } = await outboxCollection('marks').updateOne(
    { _id: 'buffer', since: { $lte: dueSince } },
    begun,
  );
  return modifiedCount === 1;
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
    {},
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

// Sends what waits in the outbox, in batches.
/** The receiver ends a request within 25 s. */
var batchTryMs = 28000;
/** No batch begins later: the next drain begins a minute after this one. */
var drainMs = 45000;
/** Of the 1,000 of Atlas. The operations of the last batch come on top. */
var mostOperations = 900;
var batchBytes = 8000000;
var mostReasons = 50;

/**
 * Sends the events that are due when it begins, oldest first, until the receiver fails or the time is used. What fails on the
 * way waits for the next drain. Two drains at once only send some events twice.
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
    shrink(limits, answer, batch);
    return (await thoseToPostAgain(batch.entries, reasonOf(answer))).concat(rest);
  }
  await settle(batch, answer, drained);
  return rest;
}

/** To the receiver's own limit, or by half: a host or a proxy names no limit. */
function shrink(limits, answer, batch) {
  const type = problemTypeOf(answer);
  const { limit } = problemOf(answer);
  const most = typeof limit === 'number' && limit > 0 ? limit : 0;
  const half = Math.floor(batch.entries.length / 2);
  limits.events = half;
  if (type === 'too-many-events' && most > 0 && most < batch.entries.length) limits.events = most;
  if (type === 'body-too-large' && most > 0 && most < batch.body.length) {
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

/** Durable events go, refused events stay with their reason, and all others wait. */
async function settle({ entries }, answer, drained) {
  const verdicts = isTooLarge(answer) ? [refusedByStatus(answer)] : verdictsOf(answer, entries.length);
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
  // It took some of them, so it is not down. The next batch shows more.
  if (undelivered.length < entries.length) return;
  drained.reason = reasonOf(answer);
  await markFailing(drained.reason);
}

function retryAfterOf(answer) {
  return answer.kind === 'answer' && answer.retryAfterMs !== undefined ? answer.retryAfterMs : 0;
}

async function markRefusedByReason(entries, verdicts) {
  const given = verdicts.map((verdict) => (verdict.kind === 'refused' ? verdict.reason : undefined));
  // Each reason costs an operation. The receiver has about ten; a stranger could have one for each event.
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
  operations.spent += 1;
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

// The next request of a drain: its entries, and their texts.
/** Entries with their texts, as one request. */

/** Of one event in one invocation. A batch that is too large as often waits for the next invocation. */
var mostPosts = 3;
/** As many requests more do no harm. */
var few = 32;

/** From the front of the queue, as much as one request may hold. One event always fits. */
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

/** Halves the batch after each failure, until a poison event is sent alone. */
function companyOf({ tries, posts }, most) {
  // The last request of this invocation. A single event is settled under any limit of the receiver.
  if (posts === mostPosts - 1 && most <= few) return 1;
  return Math.max(1, Math.floor(most / 2 ** Math.max(0, tries - 2)));
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
    return { entries: loaded, webhookId: webhookIdOf(String(first.id)), body: bodies.join('') };
  // The same events make the same request, in this drain and in the next.
  const webhookId = `bat_${sha256(loaded.map(({ id }) => String(id)).join()).slice(0, 32)}`;
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

// The outbox has its own database: one document per event, pieces of large events, and marks.
/** What this invocation asked of the network, requests and database together: Atlas ends it at 1,000. */
var operations = { spent: 0 };

/**
 * `outbox` holds one document per event, and `parts` the pieces of large events. `marks` says when the receiver failed and
 * how much is kept. `loads` has the state of each initial load.
 */
function outboxCollection(name) {
  return collectionOf(ownDatabase, name);
}

function collectionOf(database, name) {
  operations.spent += 1;
  const service = context.services.get(settingOf('lakeDataSource') || 'mongodb-atlas');
  if (service === undefined || service === null)
    throw new Error('Cannot reach the outbox: the value lakeDataSource must name a data source of this app');
  return service.db(database).collection(name);
}

/** A resume token, or an ObjectId when the event has none. */

/** An event that waits, without its text. */

var mostListed = 1000;
/** 5 s, 10 s, 20 s … 10 min. */
var firstPauseMs = 5000;
var longestPauseMs = 600000;

/** The oldest come first by `_id`: resume tokens sort in stream order. */
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

/** The entries first: parts without an entry do no harm. */
async function removeEntries(entries) {
  if (entries.length === 0) return;
  // Also those that another drain changed meanwhile: they are in the lake.
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

/** A refused entry stays refused, also if another drain found something else. */
function stillWaiting(entries) {
  return { _id: { $in: entries.map(({ id }) => id) }, state: 'waiting' };
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

async function clearMark(id) {
  await outboxCollection('marks').deleteOne({ _id: id });
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

var mostOfReceiver = 1000;
var longestSeconds = 3600;

/** How many events make a batch: the value lakeBatchEvents, for receivers that take fewer than 1,000. */
function batchEvents() {
  const events = Math.floor(Number(context.values.get('lakeBatchEvents')));
  return events >= 1 && events <= mostOfReceiver ? events : mostOfReceiver;
}

/** How long bufferChangeEvent lets events wait for others: the value lakeBatchSeconds, else a minute. */
function batchSeconds() {
  const seconds = Number(context.values.get('lakeBatchSeconds'));
  return seconds >= 1 && seconds <= longestSeconds ? seconds : 60;
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
