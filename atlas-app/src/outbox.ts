import { operations } from './operations.ts';
import { outboxDatabase } from './outbox-database.ts';
import { settingOf } from './setting.ts';

/** `outbox` holds one document per event, `parts` what does not fit into one, `marks` when the receiver failed and how much is kept. */
export function outboxCollection(name: 'outbox' | 'parts' | 'marks'): AtlasCollection {
  operations.spent += 1;
  const service = context.services.get(settingOf('lakeDataSource') || 'mongodb-atlas');
  if (service === undefined || service === null)
    throw new Error('Cannot reach the outbox: the value lakeDataSource must name a data source of this app');
  return service.db(outboxDatabase).collection(name);
}
