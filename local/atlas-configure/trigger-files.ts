// Makes one trigger on change events for each entry of "watch", and two on a schedule: one drains the outbox, one
// loads. The form is the one of exports: https://www.mongodb.com/docs/atlas/app-services/reference/config/triggers
import type { Json } from './json-text.ts';
import { type LakeSync, textOf, type Watched } from './lake-sync.ts';
import { drainTriggerName, loadTriggerName, triggerName, withDigest } from './trigger-name.ts';

const documentOperations = ['INSERT', 'UPDATE', 'REPLACE', 'DELETE'];
const collectionOperations = [
  'CREATE_COLLECTION',
  'MODIFY_COLLECTION',
  'RENAME_COLLECTION',
  'DROP_COLLECTION',
  'SHARD_COLLECTION',
  'RESHARD_COLLECTION',
  'REFINE_COLLECTION_SHARD_KEY',
  'CREATE_INDEXES',
  'DROP_INDEXES',
];

/** The key is the name of the file, without `.json`. */
export function triggerFiles(sync: LakeSync): ReadonlyMap<string, Json> {
  const files = new Map<string, Json>([
    [drainTriggerName, scheduledTrigger(drainTriggerName, 'drainOutbox', sync.drainEveryMinutes)],
    // Without entries in the Value initialLoads, each run ends at once.
    [loadTriggerName, scheduledTrigger(loadTriggerName, 'loadCollection', 1)],
  ]);
  const taken = new Set<string>();
  for (const watched of sync.watch) {
    const name = triggerName(watched);
    // Atlas distinguishes shop.Orders and shop.orders. Some file systems do not. Atlas ignores the file's name.
    const isTaken = taken.has(name.toLowerCase());
    taken.add(name.toLowerCase());
    files.set(isTaken ? withDigest(name, textOf(watched)) : name, databaseTrigger(name, watched, sync));
  }
  return files;
}

function databaseTrigger(name: string, watched: Watched, { dataSource }: LakeSync): Json {
  const { database, collection } = watched;
  return {
    name,
    type: 'DATABASE',
    disabled: !watched.enabled,
    config: {
      service_name: dataSource,
      database,
      ...(collection === undefined ? {} : { collection }),
      operation_types: collection === undefined ? [...documentOperations, ...collectionOperations] : documentOperations,
      full_document: true,
      full_document_before_change: watched.preImages,
      unordered: !watched.ordered,
      // Both options skip events without a message.
      skip_catchup_events: false,
      tolerate_resume_errors: false,
    },
    event_processors: processedBy(watched.function),
  };
}

function scheduledTrigger(name: string, functionName: string, everyMinutes: number): Json {
  return {
    name,
    type: 'SCHEDULED',
    disabled: false,
    config: { schedule: scheduleEvery(everyMinutes), skip_catchup_events: false },
    event_processors: processedBy(functionName),
  };
}

/** Cron has five fields here. The field of minutes cannot have a step of 60. */
function scheduleEvery(minutes: number): string {
  if (minutes === 60) return '0 * * * *';
  return minutes === 1 ? '* * * * *' : `*/${minutes} * * * *`;
}

function processedBy(name: string): Json {
  return { FUNCTION: { config: { function_name: name } } };
}
