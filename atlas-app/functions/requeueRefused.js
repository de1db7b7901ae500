// Atlas Lake Sync: requeueRefused
// Built by "npm run build" from atlas-app/src/requeue-refused.ts and what it imports: change it there.

// An operator runs it after the reason of the refusals is fixed. drainOutbox then sends the refused events again.
exports = requeueRefused;

async function requeueRefused() {
  const again = { state: 'waiting', tries: 0, dueAt: new Date() };
  try {
    const { modifiedCount } = await outboxCollection('outbox').updateMany({ state: 'refused' }, { $set: again });
    return logLine({ function: 'requeueRefused', requeued: Number(modifiedCount) });
  } catch (error) {
    // Messages of the database can contain document keys, and Atlas would log them.
    throw new Error(`Cannot requeue the refused events: the outbox must be writable: ${faultWord(error)}`);
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

// The form in which a change event is signed, sent and kept.
/** A separate database, so that a trigger on the whole cluster can ignore its changes. */
var ownDatabase = 'atlas_lake_sync';

function byteLength(text) {
  return require('buffer').Buffer.byteLength(text, 'utf8');
}
