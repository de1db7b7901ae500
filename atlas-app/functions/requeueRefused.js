// Atlas Lake Sync: requeueRefused
// Built by "npm run build" from atlas-app/src/requeue-refused.ts and what it imports: change it there.

// A person runs it when the reason of the refusals is fixed: lets drainOutbox send the refused events again.
exports = requeueRefused;

async function requeueRefused() {
  const again = { state: 'waiting', tries: 0, dueAt: new Date() };
  try {
    const { modifiedCount } = await outboxCollection('outbox').updateMany({ state: 'refused' }, { $set: again });
    return logLine({ function: 'requeueRefused', requeued: Number(modifiedCount) });
  } catch (error) {
    // Messages of the database can carry keys of documents, and Atlas would log them.
    throw new Error(`Cannot requeue the refused events: the outbox must be writable: ${faultWord(error)}`);
  }
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

// What the app's values say: who the receiver is, and how batches are made.
/** A value of the app as text. Empty when it is missing. */
function settingOf(name) {
  const value = context.values.get(name);
  return typeof value === 'string' ? value.trim() : '';
}

// What an invocation says: one line of counts, names and digests. Never a document, token, key or secret.
/** Atlas cuts a line at 512 bytes. */
var maxLineBytes = 511;

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

function byteLength(text) {
  return require('buffer').Buffer.byteLength(text, 'utf8');
}
