// Counts the events in the outbox. A script in Atlas counts, with the names and the rights of the functions.
import type { AdminApi } from '../../atlas-deploy/admin-api.ts';
import type { JsonObject } from '../../atlas-deploy/json.ts';
import { CommandError } from '../../command.ts';
import { type Check, failed, ok } from '../check.ts';
import { callInAtlas } from './atlas-call.ts';

export const outboxName = 'outbox';
/** The longest pause between two tries is ten minutes. The drain runs each minute. */
const oldestSeconds = 900;

/** Only reads. */
const source = `exports = async function () {
  var service = context.services.get(context.values.get('lakeDataSource') || 'mongodb-atlas');
  if (service === undefined || service === null) return JSON.stringify({ problem: 'no data source' });
  try {
    var outbox = service.db('atlas_lake_sync').collection('outbox');
    var waiting = await outbox.count({ state: 'waiting' });
    var refused = await outbox.count({ state: 'refused' });
    var oldest = await outbox.find({ state: 'waiting' }, { keptAt: 1 }).sort({ _id: 1 }).limit(1).toArray();
    var seconds = oldest.length === 0 ? 0 : Math.round((Date.now() - Number(oldest[0].keptAt)) / 1000);
    return JSON.stringify({ waiting: Number(waiting), refused: Number(refused), oldestSeconds: seconds });
  } catch (error) {
    return JSON.stringify({ problem: 'no answer' });
  }
};`;

export async function checkOutbox(api: AdminApi, appId: string): Promise<Check> {
  try {
    return judge(await callInAtlas(api, appId, { doing: 'look into the outbox', source }));
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return failed(outboxName, error.message, 'npm run doctor   (again; then see docs/operate.md, "The outbox")');
  }
}

function judge(found: JsonObject): Check {
  if (found['problem'] === 'no data source')
    return failed(
      outboxName,
      'the value lakeDataSource must name a data source of the app: it does not, so no event can be kept',
      'correct "dataSource" in atlas-app/lake-sync.json, then npm run atlas:configure and npm run atlas:deploy',
    );
  const [waiting, refused, seconds] = ['waiting', 'refused', 'oldestSeconds'].map((name) => Number(found[name]));
  if (
    waiting === undefined ||
    refused === undefined ||
    seconds === undefined ||
    Number.isNaN(waiting + refused + seconds)
  )
    return failed(
      outboxName,
      'the outbox must be readable: its database does not answer',
      'Atlas UI, Triggers, Linked App Service: link the data source to a cluster that runs',
    );
  const state = `${waiting} wait${waiting === 0 ? '' : `, the oldest for ${seconds} s`}, ${refused} refused`;
  if (refused > 0)
    return failed(
      outboxName,
      `no event may be refused: ${state}`,
      `in mongosh: use atlas_lake_sync, db.outbox.find({ state: 'refused' }, { text: 0 }); "reason" says why\nafter the fix: appservices function run --app <App ID> --name requeueRefused`,
    );
  if (seconds > oldestSeconds)
    return failed(
      outboxName,
      `no event may wait longer than ${oldestSeconds} s: ${state}`,
      'in mongosh: use atlas_lake_sync, db.outbox.find({ state: \'waiting\' }, { text: 0 }).limit(3); "reason" says why',
    );
  return ok(outboxName, state);
}
