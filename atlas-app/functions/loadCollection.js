// Atlas Lake Sync: loadCollection
// Built by "npm run build" from atlas-app/src/load-collection.ts and what it imports: change it there.

// The function of a scheduled trigger: loads the documents that were there before the trigger, a page at a time. The
// Value initialLoads names the collections. It works until its time is used, and continues at the next tick. Atlas may
// end it anywhere, and run it twice at once: the same documents make the same events.
exports = loadCollection;

var mostMistakes = 10;

async function loadCollection() {
  const tick = { budget: beginBudget(), loaded: 0, reason: '', waiting: 0 };
  const { wanted, mistakes } = readInitialLoads(context.values.get('initialLoads'));
  for (const mistake of mistakes.slice(0, mostMistakes)) logLine({ function: 'loadCollection', mistake });
  const moreMistakes = mistakes.length - mostMistakes;
  if (moreMistakes > 0) logLine({ function: 'loadCollection', moreMistakes });
  if (wanted.length === 0) return { function: 'loadCollection', loaded: 0, mistakes: mistakes.length };
  try {
    const works = await findWork(wanted, tick);
    if (works.length === 0 && tick.waiting === 0)
      return { function: 'loadCollection', loaded: 0, mistakes: mistakes.length };
    const last = await workOn(works, tick);
    return logLine(
      Object.assign({ function: 'loadCollection' }, lineOf(last, tick, works), { mistakes: mistakes.length }),
    );
  } catch (error) {
    // Messages of the database can contain document keys, and Atlas would log them.
    throw new Error(`Cannot load: the database must answer: ${faultWord(error)}`);
  }
}

/** The rest of an invocation is for pages. */
var shareOfChanges = 0.5;

/** Looks at the states once. Empty if there is nothing to do. */
async function findWork(wanted, tick) {
  const loads = await readLoads(wanted);
  const works = [];
  for (const one of wanted) {
    const change = changeOf(one, loads[one.id]);
    if (change !== undefined && !isTimeLeft(tick.budget, 0, shareOfChanges)) {
      tick.waiting += 1;
      continue;
    }
    const load = change === undefined ? loads[one.id] : await change();
    if (load === undefined) continue;
    const reason = waitReason(one, load);
    if (reason !== '') logLine({ function: 'loadCollection', namespace: one.id, reason });
    if (load.state === 'failed' && change !== undefined)
      logLine({ function: 'loadCollection', namespace: one.id, state: load.state, reason: load.reason });
    if (load.state !== 'running' || reason !== '') continue;
    works.push(workOf(one, load));
  }
  return works;
}

/** The load whose last page is the oldest comes first, so that each gets its turn over several ticks. */
function workOf(wanted, load) {
  // A person can have raised or removed the limit meanwhile. A page has documents for at most ten seconds, or one.
  const longestMs = wanted.documentsPerSecond === Infinity ? 0 : Math.max(10000, 1000 / wanted.documentsPerSecond);
  const updatedAt = Math.min(load.updatedAt, Date.now());
  const nextAt = Math.max(updatedAt, Math.min(load.notBefore, updatedAt + longestMs));
  return { wanted, load, sizes: firstSizes(batchEvents()), beganWith: load.documents, nextAt, unplaced: 0, reason: '' };
}

var selectionReason = 'its shardKey and filter must be those of its beginning: restart it';

/** Begins, restarts, fails, pauses or resumes the load, as the entry wants it. Undefined if it already is so. */
function changeOf(wanted, load) {
  if (load === undefined) return () => begin(wanted);
  if (isRestarted(wanted, load)) return canBeginAgain(load) ? () => beginAgain(wanted, load) : undefined;
  // Without its `restart`, the Value can be older than the load.
  if (isSelectionChanged(wanted, load) && wanted.restart === load.restart)
    return () => changed(load, { state: 'failed', reason: selectionReason });
  const state = wanted.paused ? 'paused' : 'running';
  const other = wanted.paused ? 'running' : 'paused';
  return load.state === other ? () => changed(load, { state }) : undefined;
}

function isRestarted({ restart }, load) {
  return restart !== '' && restart !== load.restart;
}

/** Documents would be missing, or have two keys. */
function isSelectionChanged({ selection }, load) {
  if (load.state === 'done' || load.state === 'failed') return false;
  return load.selection !== undefined && load.selection !== selection;
}

/** With another `restart`, the entry must not go on with the T0 of the earlier load. Empty if nothing waits. */
function waitReason(wanted, load) {
  if (isRestarted(wanted, load)) return 'the restart waits until its T0 can be later than the last one';
  return isSelectionChanged(wanted, load) ? selectionReason : '';
}

async function changed(load, changes) {
  await saveLoad(load, changes);
  return Object.assign({}, load, changes);
}

/** Loads pages in turn. The load with the oldest last page comes first. Returns the last load. */
async function workOn(works, tick) {
  const receiver = openReceiver();
  if ('problem' in receiver) {
    tick.reason = receiver.problem;
    await saveReason(
      works.map(({ load }) => load),
      receiver.problem,
    );
    return works[0];
  }
  const active = works.slice();
  let last = active[0];
  while (active.length > 0 && isTimeLeft(tick.budget)) {
    const work = active.reduce((one, other) => (other.nextAt < one.nextAt ? other : one));
    const waitMs = Math.max(0, work.nextAt - Date.now());
    if (!isTimeLeft(tick.budget, waitMs)) break;
    if (waitMs > 0) await pause(waitMs);
    last = work;
    const goesOn = await workOnPage(work, receiver, tick);
    if (!goesOn) active.splice(active.indexOf(work), 1);
    if (tick.reason !== '') break;
  }
  return last;
}

function lineOf(last, tick, works) {
  const durationMs = Date.now() - tick.budget.began;
  const waiting = tick.waiting === 0 ? {} : { waiting: tick.waiting };
  if (last === undefined) return Object.assign({ loaded: tick.loaded, reason: tick.reason, durationMs }, waiting);
  const { load } = last;
  const rate = rateOf(load.documents - last.beganWith, durationMs);
  const running = works.filter((work) => work.load.state === 'running').length;
  return Object.assign(
    { namespace: load.id, loaded: tick.loaded },
    countsOf(load),
    progressOf(load.documents, load.estimated, rate),
    load.state === 'done' ? progressAtEnd : {},
    { running, reason: tick.reason === '' ? last.reason : tick.reason, durationMs },
    waiting,
  );
}

// Loads one page: reads its documents, sends them, and saves how far the load is.
/** Atlas ends a function after 300 s. Before and after this time, a tick needs 45 s and two minutes. */
var readMs = 90000;

/** True if the load can have more pages in this tick. A fault of one load stops no other load. */
async function workOnPage(work, receiver, tick) {
  let page;
  try {
    page = await within(readMs, readPage(work));
  } catch (error) {
    return await stop(work, error);
  }
  if (page === undefined) return await wait(work, `the server must find a page within ${readMs / 1000} s${hint(work)}`);
  if (page.documents.length === 0) return await finish(work);
  try {
    return await sendPage(work, page, receiver, tick);
  } catch (error) {
    return await wait(work, `a page must be sent and saved: ${faultWord(error)}`);
  }
}

async function sendPage(work, page, receiver, tick) {
  const { wanted, sizes } = work;
  const { documents } = page;
  let sent = 0;
  let bytes = 0;
  while (sent < documents.length) {
    const front = await sendFront(receiver, documents.slice(sent), wanted, work.load, sizes);
    if (front.kind === 'undelivered') {
      tick.reason = front.reason;
      await saveLoad(work.load, { reason: front.reason });
      return true;
    }
    if (front.kind === 'blocked') return await wait(work, front.reason);
    if (front.waits !== undefined) work.reason = `a document waits in the outbox: ${front.waits}`;
    const durable = documents.slice(sent, sent + front.documents);
    sent += front.documents;
    bytes += front.bytes;
    tick.loaded += front.documents;
    if (!(await advance(work, durable, front, page.isTwin, tick))) return false;
    if (!isTimeLeft(tick.budget)) return true;
  }
  grow(sizes, documents.length, bytes);
  return true;
}

/** Saves that all documents up to the last of these are durable or kept. */
async function advance(work, durable, front, isTwin, tick) {
  const { load, wanted } = work;
  const position = positionAfter(load.position, durable, wanted.shardKey, isTwin);
  if (!canBePosition(position)) {
    // This document is alone in its front, because it is not writable.
    work.unplaced += front.refused;
    return true;
  }
  const documents = front.documents + work.unplaced;
  const now = Date.now();
  const paceMs = wanted.documentsPerSecond === Infinity ? 0 : (documents / wanted.documentsPerSecond) * 1000;
  const notBefore = paceMs === 0 ? 0 : Math.max(now, work.nextAt) + paceMs;
  const moved = {
    documents: load.documents + documents,
    refused: load.refused + front.refused + work.unplaced,
    kept: load.kept + front.kept,
    keptInRow: isAnyStored(front) ? 0 : load.keptInRow + front.kept,
    position,
    notBefore,
  };
  const rate = rateOf(moved.documents - work.beganWith, now - tick.budget.began);
  const progress = progressOf(moved.documents, load.estimated, rate);
  const isOurs = await saveLoad(load, Object.assign({ reason: work.reason }, moved, progress), {
    documents: { $lte: moved.documents },
  });
  work.load = Object.assign({}, load, moved);
  work.unplaced = 0;
  work.nextAt = paceMs === 0 ? now : notBefore;
  return isOurs;
}

function isAnyStored({ documents, refused, kept }) {
  return documents > refused + kept;
}

async function finish(work) {
  const { load, unplaced } = work;
  const counts = { documents: load.documents + unplaced, refused: load.refused + unplaced };
  // Without such documents, an invocation that is further has the right counts.
  const ended = Object.assign({ state: 'done' }, unplaced === 0 ? {} : counts);
  const reason = load.kept === 0 ? '' : `kept in the outbox for drainOutbox: ${load.kept}`;
  await saveLoad(load, Object.assign({ reason, finishedAt: new Date() }, ended, progressAtEnd));
  work.load = Object.assign({}, load, ended);
  return false;
}

/** The server refuses the page. Some refusals are final. The others pass. */
async function stop(work, error) {
  const refusal = refusalOf(error, work.wanted);
  if (refusal === '') return await wait(work, `the collection must be readable: ${faultWord(error)}`);
  await saveLoad(work.load, { state: 'failed', reason: refusal });
  work.reason = refusal;
  work.load = Object.assign({}, work.load, { state: 'failed' });
  return false;
}

/** The load continues at the next tick. */
async function wait(work, reason) {
  await saveLoad(work.load, { reason });
  work.reason = reason;
  return false;
}

function hint({ wanted }) {
  return wanted.filter === undefined ? '' : ': the filter needs an index';
}

// Reads the next documents of a load: those after its position, in the order of `_id`, and not more than fit into
// memory.
async function readPage(reading) {
  const twin = await nextTwin(reading.wanted, reading.load.position);
  return twin === undefined
    ? { documents: await readNext(reading), isTwin: false }
    : { documents: [twin], isTwin: true };
}

/**
 * Compares without type brackets: `{ _id: { $gt: last } }` would stay inside one BSON type and end there. Query and
 * sort both use the default collation of the collection.
 */
async function readNext(reading) {
  const { database, collection, filter } = reading.wanted;
  const { position } = reading.load;
  const wished = reading.unplaced === 0 ? limitOf(reading) : Math.min(firstPage, limitOf(reading));
  const after = position === undefined ? [] : [{ $expr: { $gt: ['$_id', { $literal: position._id }] } }];
  const query = withFilter(filter, after);
  // The first documents always fit. But a thousand documents of 16 MB can follow small ones.
  const limit = wished <= firstPage ? wished : await fittingIn(reading, query, wished);
  const most = limit + reading.unplaced;
  const found = await collectionOf(database, collection).find(query).sort({ _id: 1 }).limit(most).toArray();
  return found.slice(unplacedIn(found, reading.unplaced));
}

/** Looks at each `_id`, because a document that is deleted meanwhile moves the others. */
function unplacedIn(documents, most) {
  const end = documents.findIndex((document) => canBePosition(document));
  return Math.min(most, end < 0 ? documents.length : end);
}

/** False for an `_id` that no query can have. */
function canBePosition({ _id }) {
  return isWritable(_id);
}

/**
 * Asks the server for the sizes of the next documents. One document always fits. A server that refuses gets small
 * pages.
 */
async function fittingIn(reading, query, most) {
  let sizes;
  try {
    const { database, collection } = reading.wanted;
    sizes = await collectionOf(database, collection).aggregate(sizesOf(query, most)).toArray();
  } catch (error) {
    // Reading the page shows whether the server refuses only this question.
    reading.reason = `a page has ${firstPage} documents, because the server must tell their sizes: ${faultWord(error)}`;
    return firstPage;
  }
  let bytes = 0;
  const over = sizes.findIndex((size) => {
    bytes += Number(size['bytes']);
    return bytes > pageBytes;
  });
  return Math.max(1, over < 0 ? most : over);
}

function sizesOf(query, most) {
  return [
    { $match: query },
    { $sort: { _id: 1 } },
    { $limit: most },
    { $project: { _id: 0, bytes: { $bsonSize: '$$ROOT' } } },
  ];
}

/** A load with a limit gets the documents of at most ten seconds. */
function limitOf({ wanted, sizes }) {
  return Math.max(1, Math.min(sizes.documents, Math.floor(wanted.documentsPerSecond * 10)));
}

// Reads a document whose `_id` is that of the position, on another shard.
/**
 * Undefined if all documents with the `_id` of the position are durable. The index of `_id` finds them. A sort by more
 * fields than `_id` would need another index, or would sort the whole collection for each page.
 */
async function nextTwin(wanted, position) {
  const { shardKey } = wanted;
  if (position === undefined || !canHaveTwins(shardKey)) return undefined;
  const sameId = { _id: { $eq: position._id } };
  const keys = await find(wanted, [sameId], onlyKeys(shardKey));
  for (const key of keys) {
    const digest = keyDigest(key, shardKey);
    if (position.durable.includes(digest)) continue;
    // Alone, because several documents of 16 MB can have one `_id`.
    const found = await find(wanted, [sameId, ...conditionsOf(key, shardKey)]);
    // Without it, the document is deleted, or its key has changed: the change event is later than T0.
    const twin = found.find((document) => keyDigest(document, shardKey) === digest);
    if (twin !== undefined) return twin;
  }
  return undefined;
}

async function find({ database, collection, filter }, others, projection = {}) {
  return await collectionOf(database, collection).find(withFilter(filter, others), projection).toArray();
}

/** Whole members at the top, because a projection of both `a` and `a.b` is refused. */
function onlyKeys(shardKey) {
  const members = { _id: 1 };
  for (const field of shardKey) members[field.replace(/\..*$/, '')] = 1;
  return members;
}

/** A shard has missing fields and null in one place. A query cannot have all values, but the digest finds the twin. */
function conditionsOf(document, shardKey) {
  const key = documentKey(document, shardKey);
  const sent = shardKey.filter((field) => isWritable(key[field]));
  return sent.map((field) => ({ [field]: { $eq: orNull(key[field]) } }));
}

// The state of each load: one document of atlas_lake_sync.loads. It changes only after the receipt says that a page is
// durable.
/** The clocks of the cluster and of this machine can differ. So T0 is earlier by this time. */
var earlierSeconds = 10;

/** The loads by their id. */
async function readLoads(wanted) {
  const query = { _id: { $in: wanted.map(({ id }) => id) } };
  const found = await outboxCollection('loads').find(query).toArray();
  const loads = {};
  for (const document of found) loads[String(document['_id'])] = loadOf(document);
  return loads;
}

function loadOf(document) {
  const { state, position, estimated } = document;
  const isKnown = state === 'paused' || state === 'done' || state === 'failed';
  return {
    id: String(document['_id']),
    run: String(document['run']),
    t0: Number(document['t0']),
    state: isKnown ? state : 'running',
    documents: Number(document['documents']),
    refused: Number(document['refused']),
    kept: Number(document['kept']) || 0, // An older function has not saved it.
    keptInRow: Number(document['keptInRow']) || 0,
    estimated: estimated === null || estimated === undefined ? undefined : Number(estimated),
    position: positionIn(position),
    notBefore: Number(document['notBefore']),
    updatedAt: Number(document['updatedAt']),
    restart: String(document['restart']),
    selection: textIn(document['selection']),
    reason: String(document['reason']),
  };
}

function positionIn(position) {
  return isFields(position) ? { _id: position['_id'], durable: listOf(position['durable']).map(String) } : undefined;
}

/** Two invocations can begin at once. The second one continues with the load of the first. */
async function begin(wanted) {
  const fresh = await freshState(wanted);
  try {
    await outboxCollection('loads').insertOne(Object.assign({ _id: wanted.id }, fresh));
    return loadOf(Object.assign({ _id: wanted.id }, fresh));
  } catch (error) {
    return await winnerOf(wanted, error);
  }
}

/**
 * False until its T0 can be later than that of the earlier load. Only then its snapshot events sort after the earlier
 * ones. A T0 ahead of the clock would hide changes.
 */
function canBeginAgain({ t0 }) {
  return !(t0At(new Date()) <= t0);
}

/** A restart gets a new T0. */
async function beginAgain(wanted, before) {
  const fresh = await freshState(wanted);
  const query = { _id: before.id, run: before.run };
  const { modifiedCount } = await outboxCollection('loads').updateOne(query, { $set: fresh });
  if (Number(modifiedCount) === 1) return loadOf(Object.assign({ _id: wanted.id }, fresh));
  return await winnerOf(wanted, new Error('the load is gone'));
}

async function winnerOf({ id }, error) {
  const found = await outboxCollection('loads').findOne({ _id: id });
  if (found === null || found === undefined) throw error;
  return loadOf(found);
}

async function freshState(wanted) {
  const { refusal, estimated } = await lookAt(wanted);
  const now = new Date();
  return {
    state: refusal !== '' ? 'failed' : wanted.paused ? 'paused' : 'running',
    t0: t0At(now),
    documents: 0,
    refused: 0,
    kept: 0,
    keptInRow: 0,
    estimated,
    percent: null,
    rate: 0,
    secondsLeft: null,
    reason: refusal,
    position: null,
    notBefore: 0,
    restart: wanted.restart,
    selection: wanted.selection,
    run: String(new BSON.ObjectId()),
    beganAt: now,
    finishedAt: null,
    updatedAt: now,
  };
}

function t0At(now) {
  return Math.floor(Number(now) / 1000) - earlierSeconds;
}

/** False if another invocation is further, has ended the load or has restarted it. Then this one must stop. */
async function saveLoad({ id, run }, changes, condition = {}) {
  const query = Object.assign({ _id: id, run, state: { $in: ['running', 'paused'] } }, condition);
  const set = { $set: Object.assign({ updatedAt: new Date() }, changes) };
  const { matchedCount } = await outboxCollection('loads').updateOne(query, set);
  return Number(matchedCount) === 1;
}

/** Saves why none of these loads goes on, in one operation. */
async function saveReason(loads, reason) {
  const query = { _id: { $in: loads.map(({ id }) => id) }, state: 'running' };
  await outboxCollection('loads').updateMany(query, { $set: { reason, updatedAt: new Date() } });
}

// Looks at a collection before its load begins: whether it can be loaded, and how many documents it has.
/** For all questions about a collection. */
var lookMs = 10000;

async function lookAt(wanted) {
  const { database, collection, filter } = wanted;
  const until = Date.now() + lookMs;
  const views = await quickly(until, () =>
    collectionOf(database, 'system.views').findOne({ _id: wanted.id }, { viewOn: 1 }),
  );
  const kind = kindOfView(views.answer, collection);
  if (kind !== '') return { refusal: kind, estimated: null };
  // The documentation does not say if a function may read `system.views`. New servers have time series without a view.
  // But this question is refused for a view, and its answer has the statistics of a time series.
  const counts = await quickly(until, () =>
    collectionOf(database, collection)
      .aggregate([{ $collStats: { count: {}, storageStats: {} } }])
      .toArray(),
  );
  const refusal = isTimeSeries(counts.answer) ? timeSeriesRefusal : kindRefusalOf(counts.error, wanted);
  if (refusal !== '') return { refusal, estimated: null };
  const estimated = filter === undefined ? sumOf(counts.answer) : null;
  if (estimated !== null) return { refusal, estimated };
  const query = filter === undefined ? {} : filter;
  const counted = await quickly(until, () => collectionOf(database, collection).count(query));
  return { refusal: refusalOf(counted.error, wanted), estimated: numberOrNull(counted.answer) };
}

function kindOfView(view, collection) {
  if (view === undefined || view === null) return '';
  return view['viewOn'] === `system.buckets.${collection}` ? timeSeriesRefusal : viewRefusal;
}

function isTimeSeries(stats) {
  return listOf(stats).some((one) => fieldsOf(fieldsOf(one)['storageStats'])['timeseries'] !== undefined);
}

/** A sharded cluster answers for each shard. Null if a count is missing. */
function sumOf(stats) {
  if (stats === undefined || stats.length === 0 || stats.some(({ count }) => count === undefined)) return null;
  return stats.reduce((sum, { count }) => sum + Number(count), 0);
}

function numberOrNull(count) {
  return count === undefined || count === null ? null : Number(count);
}

/** Without an answer if the server refuses the question, or has not answered by then. */
async function quickly(until, question) {
  try {
    return { answer: await within(Math.max(1, until - Date.now()), question()), error: undefined };
  } catch (error) {
    return { answer: undefined, error };
  }
}

// Sends the front of a page as snapshot events, in one request.
/** The receiver ends a request within 25 s. */
var pageTryMs = 28000;

/** Posts as many documents of the page as one request may hold. Returns when they are durable, or undelivered. */
async function sendFront(receiver, documents, wanted, load, sizes) {
  const snapshot = { database: wanted.database, collection: wanted.collection, shardKey: wanted.shardKey, t0: load.t0 };
  const events = cutRequest(documents, (document) => writtenEvent(document, snapshot), sizes);
  const [first] = documents;
  if (events.length === 0 && first !== undefined) return await settle([unwritableEvent(first, snapshot)], [unwritable]);
  let isSecondTry = false;
  let failedAlone = 0;
  for (;;) {
    const answer = await postEvents(receiver, events);
    if (isTooLarge(answer)) {
      const [only] = events;
      if (events.length === 1 && only !== undefined) return await settle(events, [refusedByStatus(answer)]);
      shrink(sizes, answer, events);
      const taken = frontOf(verdictsOf(answer, events.length));
      if (taken.length > 0) return await settle(events.slice(0, taken.length), taken);
      events.length = Math.max(1, Math.min(events.length - 1, fitting(events, sizes)));
      continue;
    }
    const verdicts = verdictsOf(answer, events.length);
    if (verdicts !== undefined && areDurable(verdicts)) return await settle(events, verdicts);
    if (verdicts === undefined && !isFromReceiver(answer) && (await isHealthy(receiver))) {
      const [only] = events;
      if (events.length === 1) failedAlone += 1;
      // A network can fail once.
      if (failedAlone === 2 && only !== undefined) return await keepOrWait(only, reasonOf(answer), load);
      sizes.events = events.length > firstPage ? firstPage : 1;
      events.length = sizes.events;
      continue;
    }
    // Storage can fail for a moment. After a longer fault the next invocation continues.
    if (isSecondTry || !isPassing(answer)) return { kind: 'undelivered', reason: reasonOf(answer) };
    isSecondTry = true;
    await pause(2000);
  }
}

/** Undefined if the document cannot be written as Extended JSON. */
function writtenEvent(document, snapshot) {
  try {
    return snapshotEvent(document, snapshot);
  } catch (_unwritable) {
    return undefined;
  }
}

/** The first verdicts, up to an event that must be sent again. */
function frontOf(verdicts) {
  if (verdicts === undefined) return [];
  const end = verdicts.findIndex(({ kind }) => kind === 'undelivered');
  return end < 0 ? verdicts : verdicts.slice(0, end);
}

/** A receipt for no event shows that the receiver is reachable and accepts the signature. */
async function isHealthy(receiver) {
  return verdictsOf(await postEvents(receiver, []), 0) !== undefined;
}

/** A firewall can stop all documents of a collection. They must not all go to the outbox. */
var mostKeptInRow = 5;

async function keepOrWait(event, reason, { keptInRow }) {
  if (keptInRow < mostKeptInRow) return await keepPoison(event, reason);
  const found = `the last ${keptInRow} wait in the outbox: ${reason}`;
  return { kind: 'blocked', reason: `a document must reach the receiver: ${found}` };
}

/** In the lake, or refused for good. */
function areDurable(verdicts) {
  return verdicts.every(({ kind }) => kind !== 'undelivered');
}

/** The answer of a busy receiver, or after a storage fault. A longer wait is for the next invocation. */
function isPassing(answer) {
  if (answer.kind === 'silence') return false;
  const isSoon = answer.retryAfterMs === undefined || answer.retryAfterMs <= 2000;
  return isSoon && (answer.status === 503 || answer.status === 429);
}

async function postEvents(receiver, events) {
  const body = `[${events.map(({ text }) => text).join(',')}]`;
  const webhookId = webhookIdOf('load', events.map(({ token }) => token).join());
  return await post(receiver, webhookId, body, pageTryMs);
}

// The outcome of the documents at the front of a page. Those that are not in the lake are kept in the outbox.
/** Their operations must fit between the last look at the budget and the end of an invocation. */
var mostRefused = 20;

var unwritableReason = 'its document must be writable as Extended JSON: it is not';
var unwritable = { kind: 'refused', reason: unwritableReason, told: unwritableReason };

/**
 * Refused events are kept with their reason. They do not end the load. Each one costs operations, so after many of them
 * the rest of the request is sent again.
 */
async function settle(events, verdicts) {
  let refused = 0;
  for (let index = 0; index < events.length; index += 1) {
    if (refused === mostRefused) return durable(events.slice(0, index), refused);
    const event = events[index];
    const verdict = verdicts[index];
    if (event === undefined || verdict === undefined || verdict.kind !== 'refused') continue;
    await keep(event, { state: 'refused', reason: verdict.reason, told: verdict.told });
    refused += 1;
  }
  return durable(events, refused);
}

function durable(events, refused) {
  return { kind: 'durable', documents: events.length, refused, kept: 0, bytes: bytesOf(events) };
}

/** No request with this event gets a receipt, though the receiver is healthy. drainOutbox sends it again. */
async function keepPoison(event, reason) {
  await keep(event, { state: 'waiting', reason, failed: true });
  return Object.assign(durable([event], 0), { kept: 1, waits: reason });
}

// The sizes of pages and requests of a load. They follow the sizes of its documents.
/** The most bytes of the documents of a page, and of the events of a request. */
var pageBytes = 8000000;
/** Four documents of 16 MB and the text of one fit into the 350 MB of a function. */
var firstPage = 4;

function firstSizes(mostEvents) {
  return { documents: Math.min(firstPage, mostEvents), events: mostEvents, bytes: pageBytes, mostEvents };
}

/**
 * One event always fits. Ends before a document without an event. Texts are made only here, because the texts of a page
 * can be very large together.
 */
function cutRequest(documents, eventOf, sizes) {
  const events = [];
  let bytes = 1;
  for (const document of documents) {
    if (events.length >= sizes.events) break;
    const event = eventOf(document);
    if (event === undefined) break;
    bytes += byteLength(event.text) + 1;
    if (events.length > 0 && bytes > sizes.bytes) break;
    events.push(event);
  }
  return events;
}

function fitting(events, sizes) {
  let bytes = 1;
  const over = events.findIndex(({ text }, index) => {
    bytes += byteLength(text) + 1;
    return index >= sizes.events || bytes > sizes.bytes;
  });
  return over < 0 ? events.length : over;
}

/** Uses the receiver's own limit, or halves the request: a host or a proxy names no limit. */
function shrink(sizes, answer, events) {
  const most = limitsIn(answer);
  if (most.bytes < bytesOf(events)) sizes.bytes = most.bytes;
  else if (most.events < events.length) sizes.events = most.events;
  else sizes.events = Math.max(1, Math.floor(events.length / 2));
}

function bytesOf(events) {
  return events.reduce((sum, { text }) => sum + byteLength(text) + 1, 1);
}

/** The next page has four times as many documents, but not more than one request can hold of documents like these. */
function grow(sizes, documents, bytes) {
  const average = Math.max(1, bytes / Math.max(1, documents));
  sizes.documents = Math.max(1, Math.min(sizes.mostEvents, sizes.documents * 4, Math.floor(pageBytes / average)));
}

// Keeps an event in the outbox. If it is kept twice, the first entry stays.
/** A document has at most 16 MB. Its own change event must fit too, for triggers on the whole cluster. */
var partBytes = 12000000;
/** Includes the token. A token can be long, because it contains the document key. */
var documentBytes = 14000000;

/** Atlas ends a function after five minutes. Two tries to keep and two posts take much less. */
var keepMs = 60000;

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

// What cannot be loaded: views, time series collections, and filters that the server refuses.
var viewRefusal = 'it must be a collection: it is a view';
var timeSeriesRefusal = 'it must be a collection with change streams: it is a time series collection';
var filterRefusal = 'the filter must be a query: the server refuses it';

/** Says why a collection cannot be loaded. Empty for all other faults, because they pass. */
function refusalOf(error, wanted) {
  const kind = kindRefusalOf(error, wanted);
  if (kind !== '' || wanted.filter === undefined) return kind;
  const isOfFilter = isNamed(error, 2, 'BadValue') || isNamed(error, 9, 'FailedToParse');
  return isOfFilter || /\bunknown (?:top level )?operator: /.test(wordsOf(error, wanted)) ? filterRefusal : '';
}

/** The server's code for views also means time series collections. Only the text distinguishes them. */
function kindRefusalOf(error, wanted) {
  const words = wordsOf(error, wanted);
  if (/lock for timeseries is not allowed|not (?:supported|allowed) on (?:a )?time-?\s?series /i.test(words))
    return timeSeriesRefusal;
  const isView = isNamed(error, 166, 'CommandNotSupportedOnView') || /\bis a view, not a collection\b/.test(words);
  return isView ? viewRefusal : '';
}

/** The text without the namespace, because a collection can have any words in its name. */
function wordsOf(error, { id }) {
  return String(error).split(id).join('');
}

/** A driver can put the name of the code before the message, also in brackets. */
function isNamed(error, code, name) {
  const fields = fieldsOf(error);
  const before = /^(?:\w*Error: )*\(?(\w+)(?:\) |: |$)/.exec(String(error));
  return Number(fields['code']) === code || fields['codeName'] === name || (before !== null && before[1] === name);
}

// The progress of a load, for people.
/** Documents per second. */
function rateOf(documents, ms) {
  return Math.round((documents / Math.max(1, ms)) * 10000) / 10;
}

function progressOf(documents, estimated, rate) {
  // Writes continue, so there can be more documents than the estimate.
  const total = estimated === undefined ? undefined : Math.max(estimated, documents);
  if (total === undefined) return { rate, percent: null, secondsLeft: null };
  const percent = total === 0 ? 100 : Math.floor((documents / total) * 100);
  return { rate, percent, secondsLeft: rate > 0 ? Math.round((total - documents) / rate) : null };
}

/** Without `kept` where no document waits, because a log line is short. */
function countsOf({ documents, refused, kept, state }) {
  return Object.assign({ documents, refused }, kept === 0 ? {} : { kept }, { state });
}

/** There can be fewer documents than the estimate. A load that is done has them all. */
var progressAtEnd = { percent: 100, secondsLeft: 0 };

// How far a load is. An `_id` is unique on each shard only. So documents on several shards can have the same one: they
// are called twins.
/** Without a shard key the collection has one shard. A shard key that is `_id` gives each `_id` one shard. */
function canHaveTwins(shardKey) {
  return shardKey.some((field) => field !== '_id');
}

function keyDigest(document, shardKey) {
  return sha256(anyText(documentKey(document, shardKey))).slice(0, 32);
}

/**
 * The position behind these documents. `isTwin` is true if they have the `_id` of the last position for the server,
 * which can be another text: 1 and 1.0, or a and A with a collation.
 */
function positionAfter(before, documents, shardKey, isTwin) {
  const { _id } = documents[documents.length - 1] || {};
  if (!canHaveTwins(shardKey)) return { _id, durable: [] };
  const same = documents.filter((document) => isTwin || isSameText(document['_id'], _id));
  const isSame = before !== undefined && (isTwin || isSameText(before._id, _id));
  const earlier = isSame ? before.durable : [];
  return {
    _id: isSame ? before._id : _id,
    durable: earlier.concat(same.map((document) => keyDigest(document, shardKey))),
  };
}

function isSameText(one, other) {
  return anyText({ _id: one }) === anyText({ _id: other });
}

// Makes the snapshot event of an existing document. docs/lake.md has the rule: "The token of a snapshot event".
function snapshotEvent(document, snapshot) {
  return eventWith(document, snapshot, (token, nsAndKey) =>
    [
      `{"_id":{"_data":"${token}"},"operationType":"insert","snapshot":true,`,
      `"clusterTime":{"$timestamp":{"t":${snapshot.t0},"i":0}},`,
      `${nsAndKey},"fullDocument":${canonicalText(document)}}`,
    ].join(''),
  );
}

/**
 * Stands for a document that cannot be written as Extended JSON, such as one with a field `_bsontype`. Its text is no
 * change event, so the receiver refuses it again after a requeue.
 */
function unwritableEvent(document, snapshot) {
  return eventWith(document, snapshot, (_token, nsAndKey) => `{${nsAndKey}}`);
}

function eventWith(document, { database, collection, shardKey, t0 }, textOf) {
  const key = anyText(documentKey(document, shardKey));
  const token = snapshotToken(t0, database, collection, key);
  const text = textOf(token, `"ns":${JSON.stringify({ db: database, coll: collection })},"documentKey":${key}`);
  const digest = sha256(JSON.stringify([database, collection, token])).slice(0, 16);
  const namespace = `${database}.${collection}`;
  return { token, webhookId: webhookIdOf('evt', token), digest, namespace, operationType: 'insert', text };
}

/** Sorts after every event before T0 and before every event since, and is the same at each try. */
function snapshotToken(t0, database, collection, key) {
  const digest = sha256(JSON.stringify([database, collection, key])).slice(0, 32);
  return `82${t0.toString(16).padStart(8, '0')}0000000000${digest}`.toUpperCase();
}

/** The same document key as in change events. */
function documentKey(document, shardKey) {
  const key = {};
  for (const field of shardKey) {
    const value = valueAt(document, field);
    // The key in change events also leaves out missing fields.
    if (value !== undefined) key[field] = value;
  }
  return Object.assign(key, { _id: document['_id'] });
}

function valueAt(document, path) {
  const [first = '', ...names] = path.split('.');
  const top = Object.keys(document).includes(first) ? document[first] : undefined;
  return names.reduce((value, name) => (hasMember(value, name) ? value[name] : undefined), top);
}

/** A path goes through documents only. In the text, an ObjectId or a date has no members of that name. */
function hasMember(value, name) {
  if (!isFields(value) || Array.isArray(value)) return false;
  return namesIn(value).includes(name);
}

function namesIn(value) {
  try {
    return Object.keys(fieldsOf(JSON.parse(canonicalText(value))));
  } catch (_unwritable) {
    // Only a document can be unwritable.
    return Object.keys(value);
  }
}

// The collections to load. The Value initialLoads lists them. A mistake in one entry stops no other entry.
/** The rule of each field. */
var rules = {
  database: ['a text', isText],
  collection: ['a text', isText],
  filter: ['an object', isObject],
  shardKey: ['a list of field names', (value) => Array.isArray(value) && value.length > 0 && value.every(isText)],
  documentsPerSecond: ['a number above 0', (value) => typeof value === 'number' && value > 0],
  paused: ['true or false', (value) => typeof value === 'boolean'],
  restart: ['any value', () => true],
};

function readInitialLoads(value) {
  if (value === undefined || value === null || value === '') return { wanted: [], mistakes: [] };
  if (!Array.isArray(value))
    return { wanted: [], mistakes: [`the value initialLoads must be a list: it is ${kindOf(value)}`] };
  const wanted = [];
  const mistakes = [];
  value.forEach((entry, index) => {
    const found = mistakesOf(entry, wanted);
    const name = nameOf(entry);
    // A log line has only the beginning of a long text.
    const short = name.length > 30 ? `${name.slice(0, 30)}…` : name;
    const place = `initialLoads[${index}]${name === '' ? '' : ` (${short})`}`;
    for (const mistake of found) mistakes.push(`${place}: ${mistake}`);
    if (found.length > 0 || !isFields(entry)) return;
    wanted.push(wantedOf(entry));
  });
  return { wanted, mistakes };
}

function nameOf(entry) {
  if (!isFields(entry)) return '';
  return [entry['database'], entry['collection']].filter(isText).join('.');
}

function mistakesOf(entry, before) {
  if (!isObject(entry)) return [`an entry must be an object: it is ${kindOf(entry)}`];
  const mistakes = Object.keys(entry)
    .filter((field) => !Object.keys(rules).includes(field))
    .map((field) => `unknown field ${JSON.stringify(field)}`);
  for (const field of Object.keys(rules)) {
    const rule = rules[field];
    const isNeeded = field === 'database' || field === 'collection';
    if (rule === undefined || (!isNeeded && entry[field] === undefined)) continue;
    if (!rule[1](entry[field])) mistakes.push(`${field} must be ${rule[0]}: it is ${kindOf(entry[field])}`);
  }
  const { database, collection } = entry;
  if (typeof database === 'string' && typeof collection === 'string')
    mistakes.push(...nameMistakes(database, collection));
  if (mistakes.length === 0 && before.some(({ id }) => id === nameOf(entry)))
    mistakes.push('the collection must have one entry: this is another one');
  if (mistakes.length === 0 && filterOf(entry) === null) mistakes.push(filterRule);
  return mistakes;
}

function wantedOf(entry) {
  const rate = entry['documentsPerSecond'];
  const shardKey = entry['shardKey'];
  const filter = filterOf(entry);
  return {
    id: nameOf(entry),
    database: String(entry['database']),
    collection: String(entry['collection']),
    filter: filter === null ? undefined : filter,
    shardKey: Array.isArray(shardKey) ? shardKey.map(String) : [],
    selection: sha256(canonicalText([shardKey, filter].map(orNull))).slice(0, 32),
    documentsPerSecond: rate === undefined ? Infinity : Number(rate),
    paused: entry['paused'] === true,
    restart: entry['restart'] === undefined ? '' : canonicalText({ restart: entry['restart'] }),
  };
}

var filterRule = 'filter must be Extended JSON with exact numbers';

/** Null when it cannot be read. */
function filterOf(entry) {
  return entry['filter'] === undefined ? undefined : filterIn(entry['filter']);
}

/** Without its content: a filter can have the values of documents. */
function kindOf(value) {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (Array.isArray(value) && value.length === 0) return 'an empty list';
  if (Array.isArray(value)) return value.every(isText) ? 'a list' : 'a list with other values';
  if (typeof value === 'string') return value === '' ? 'an empty text' : 'a text';
  if (typeof value === 'boolean') return 'true or false';
  return typeof value === 'number' ? String(value) : 'an object';
}

function isText(value) {
  return typeof value === 'string' && value !== '';
}

function isObject(value) {
  return isFields(value) && !Array.isArray(value);
}

// The rules for the names of an entry: MongoDB's own, and those for collections with change streams. `npm run load` has
// the same rules.
/** They have no change streams. */
var unwatched = ['admin', 'local', 'config'];

/** Short, because a log line has only the beginning of a long text. */
function nameMistakes(database, collection) {
  const mistakes = [];
  const name = database.toLowerCase();
  // The database of the outbox would fill itself.
  if (unwatched.includes(name) || name === ownDatabase) mistakes.push(`database must be other than ${name}`);
  if (/[/\\. "$]/.test(database) || hasNull(database))
    mistakes.push('database must have none of / \\ . " $, space and null');
  if (byteLength(database) > 63) mistakes.push('database must have at most 63 bytes');
  if (collection.indexOf('$') >= 0 || hasNull(collection)) mistakes.push('collection must have no $ and no null');
  if (/^(?:\.|system\.)/.test(collection)) mistakes.push('collection must not begin with "." or "system."');
  if (byteLength(`${database}.${collection}`) > 255) mistakes.push('both names must have at most 255 bytes');
  return mistakes;
}

function hasNull(name) {
  return name.indexOf('\0') >= 0;
}

// The filter of an entry: Extended JSON, canonical or relaxed.
/** Null when it cannot be read, or when a value would change. */
function filterIn(filter) {
  try {
    const text = canonicalText(filter);
    const parsed = exactlyParsed(text);
    return isFields(parsed) && !hasRounded(filter) && isExact(text, canonicalText(parsed)) ? parsed : null;
  } catch (_notExtendedJson) {
    return null;
  }
}

/** A query for the documents that match the filter and all other conditions. */
function withFilter(filter, others) {
  const all = (filter === undefined ? [] : [filter]).concat(others);
  return all.length === 0 ? {} : all.length === 1 ? Object.assign({}, all[0]) : { $and: all };
}

/**
 * Without the option a parser can round large numbers. The documentation of Atlas does not say if it has the option.
 */
function exactlyParsed(text) {
  try {
    return EJSON.parse(text, { relaxed: false });
  } catch (_unknownOptions) {
    return EJSON.parse(text);
  }
}

/** A JSON parser has perhaps rounded a larger number, before it came here. */
var mostExact = 9007199254740991;

function hasRounded(value) {
  if (typeof value === 'number') return Math.abs(value) > mostExact;
  return isFields(value) && Object.keys(value).some((key) => hasRounded(value[key]));
}

/** Another number, or a date that is not valid, would select other documents. */
function isExact(given, parsed) {
  const numbers = numbersIn(JSON.parse(given));
  const parsedNumbers = numbersIn(JSON.parse(parsed));
  return (
    numbers.length === parsedNumbers.length &&
    numbers.every((number, index) => isSameNumber(number, parsedNumbers[index])) &&
    countOf(given, /"\$date":/g) === countOf(parsed, /"\$date":\{"\$numberLong":"-?\d+"\}/g)
  );
}

/** The numbers of canonical text, without dates. It has bare numbers only inside other types. */
function numbersIn(value) {
  if (typeof value === 'number') return [{ type: '', text: String(value) }];
  if (!isFields(value)) return [];
  const numbers = [];
  // Types have members in any order.
  for (const key of Object.keys(value).sort()) {
    const inner = fieldsOf(value)[key];
    if (typeof inner === 'string' && /^\$number/.test(key)) numbers.push({ type: key, text: inner });
    else if (key !== '$date') numbers.push(...numbersIn(inner));
  }
  return numbers;
}

/** A parser can give a number another type or spelling. Only a double is rounded by its type. */
function isSameNumber({ type, text }, parsed) {
  if (parsed === undefined) return false;
  const isNumber = /\d/.test(text) && Math.abs(Number(text)) < Infinity;
  if (!isNumber) return text === parsed.text;
  return Number(text) === Number(parsed.text) && (type === '$numberDouble' || digitsOf(text) === digitsOf(parsed.text));
}

/** Without the sign, the point, the exponent and the zeros around. */
function digitsOf(text) {
  return text
    .replace(/[eE].*$/, '')
    .replace(/\D/g, '')
    .replace(/^0+|0+$/g, '');
}

function countOf(text, form) {
  const found = text.match(form);
  return found === null ? 0 : found.length;
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

var mostOfReceiver = 1000;

/** The number of events in a batch: the value lakeBatchEvents, for a receiver that takes fewer than 1,000. */
function batchEvents() {
  const events = Math.floor(Number(context.values.get('lakeBatchEvents')));
  return events >= 1 && events <= mostOfReceiver ? events : mostOfReceiver;
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

/** The receiver itself names a problem. Anything else comes from before it, or it has not survived the request. */
function isFromReceiver(answer) {
  return problemTypeOf(answer) !== undefined;
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

async function removeParts(ids) {
  if (ids.length > 0) await outboxCollection('parts').deleteMany({ _id: { $in: ids } });
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

/** False for a document with a field `_bsontype`: neither Extended JSON nor a query can have it. */
function isWritable(value) {
  try {
    canonicalText([value]);
    return true;
  } catch (_unwritable) {
    return false;
  }
}

/** The canonical text, or the members in a list where it cannot be written. */
function anyText(value) {
  try {
    return canonicalText(value);
  } catch (_unwritable) {
    const fields = fieldsOf(value);
    const members = Array.isArray(value) ? value : Object.keys(fields).map((name) => [name, fields[name]]);
    return `[${members.map((member) => anyText(orNull(member))).join(',')}]`;
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
