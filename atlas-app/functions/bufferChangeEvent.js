// Atlas Lake Sync: bufferChangeEvent
// Built by "npm run build" from atlas-app/src/buffer-change-event.ts and what it imports: change it there.

// The function of a database trigger on a busy collection. It keeps each change event in the outbox, for batches. It
// sends a batch when enough events wait, or when the oldest has waited long enough. drainOutbox sends the rest.
exports = bufferChangeEvent;

async function bufferChangeEvent(changeEvent) {
  if (isToBeIgnored(changeEvent)) return { outcome: 'ignored' };
  const began = Date.now();
  const event = outgoingEvent(changeEvent);
  const outcome = await keepOrDeliver(event, { state: 'waiting', reason: 'buffered', failed: false });
  const fault = outcome.outcome === 'lost' ? '' : await sendBatchIfDue();
  const logged =
    fault === '' ? outcome : Object.assign({}, outcome, { reason: `${outcome.reason}; no batch now: ${fault}` });
  return logOutcome('bufferChangeEvent', event, logged, began);
}

/** A fault here does no harm, because the event is kept. The next drain sends it. */
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

var longestSeconds = 3600;

/** How long events wait for a batch: the value lakeBatchSeconds, or a minute. */
function batchSeconds() {
  const seconds = Number(context.values.get('lakeBatchSeconds'));
  return seconds >= 1 && seconds <= longestSeconds ? seconds : 60;
}

/** Counts one more kept event. True when enough events wait since the last drain, or the oldest waits long enough. */
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

/** Of many invocations at once, only one sends. */
async function isFirstToSee(dueSince) {
  const begun = { $set: { since: new Date() } };
  const { modifiedCount } = await outboxCollection('marks').updateOne(
    { _id: 'buffer', since: { $lte: dueSince } },
    begun,
  );
  return modifiedCount === 1;
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
    {},
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

/** `http.post` waits for ever. The receiver answers a request of one event long before this. */
var tryMs = 12000;

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
