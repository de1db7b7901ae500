// Atlas Lake Sync: requeueRefused
// Built by "npm run build" from atlas-app/src/requeue-refused.ts and what it imports: change it there.

// Run by a person, once the reason of the refusals is mended: lets drainOutbox send the refused events again.

exports = requeueRefused;

async function requeueRefused() {
  const again = { state: 'waiting', tries: 0, dueAt: new Date() };
  try {
    const { modifiedCount } = await outboxCollection('outbox').updateMany({ state: 'refused' }, { $set: again });
    return logLine({ function: 'requeueRefused', requeued: Number(modifiedCount) });
  } catch (error) {
    // As in drainOutbox: the database's own message can carry keys of documents, which Atlas would log.
    throw new Error(`Cannot requeue what was refused: the outbox must be writable: ${faultWord(error)}`);
  }
}

/** Messages of faults repeat addresses and keys of documents: only words that are known to be harmless are told. */
function faultWord(error) {
  const known =
    /no such host|refused|reset|timeout|timed out|certificate|EOF|unreachable|not primary|\b(?:ECONN(?:ABORTED|REFUSED|RESET)|ENOTFOUND|ETIMEDOUT|EPIPE|EHOST(?:DOWN|UNREACH)|ENETUNREACH|EAI_AGAIN|E11000)\b|TypeError|RangeError|the value lakeDataSource must name a data source of this app/.exec(
      String(error),
    );
  return known === null ? 'a fault that it does not name' : known[0];
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
