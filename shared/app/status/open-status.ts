// Opens what the status page needs. It is loaded with the first view, so that the receiver does not wait for it.
import { openReader } from '../../lake/open-lake.ts';
import { isLaptop } from '../laptop.ts';
import type { OpenedReceiver } from '../open-receiver.ts';
import { openPlaces } from '../open-tables.ts';
import type { Environment } from '../setting-reader.ts';
import type { Settings } from '../settings.ts';
import { type LakeCounter, lakeCounter } from './count-lake.ts';
import { type PageAnswer, pageAnswer } from './page/answer.ts';
import { misconfiguredPage, statusPage } from './page/page.ts';
import { statusOf } from './status.ts';
import type { TableStates } from './table-states.ts';

export type ShowStatus = (now: Date, onFault: (fault: string) => void) => Promise<PageAnswer>;

interface Sources {
  readonly count: LakeCounter;
  /** Undefined if TABLES is off. */
  readonly tables: TableStates | undefined;
}

export function openStatus(opening: Promise<OpenedReceiver>, environment: Environment): ShowStatus {
  let sources: Promise<Sources> | undefined;
  return async (now, onFault) => {
    const opened = await opening;
    if (opened.kind === 'misconfigured') return pageAnswer(503, misconfiguredPage(opened.problems));
    const { settings } = opened;
    sources ??= openSources(settings);
    const { count, tables } = await sources;
    const [isHealthy, view] = await Promise.all([opened.health.isHealthy(now, onFault), count(now)]);
    if (view.fault !== undefined) onFault(view.fault);
    const folders = view.collections.map(({ folder }) => folder);
    const status = statusOf({
      now,
      lake: addressOf(settings),
      isSigned: settings.signingSecrets.length > 0,
      isLaptop: isLaptop(environment),
      isHealthy,
      view,
      deliveries: opened.deliveries.read(),
      tables: await tables?.(folders, now),
    });
    return pageAnswer(200, statusPage(status));
  };
}

async function openSources(settings: Settings): Promise<Sources> {
  const { lake, naming, tables } = settings;
  // Listing a folder is free. A cloud store bills each call.
  const isFolder = lake.location.kind === 'folder';
  const held = isFolder ? { heldMs: 1_500, foldersHeldMs: 1_500 } : { heldMs: 30_000, foldersHeldMs: 60_000 };
  const count = lakeCounter(await openReader(lake), naming, { ...held, maxCalls: 200, maxCollections: 2_000 });
  if (tables.format === 'off') return { count, tables: undefined };
  const { tableStates } = await import('./table-states.ts');
  const places = await openPlaces(settings, tables.format);
  if (places === undefined) return { count, tables: undefined };
  return { count, tables: tableStates(places, { heldMs: isFolder ? 1_500 : 60_000, maxTables: 10 }) };
}

function addressOf({ lake: { location } }: Settings): string {
  if (location.kind === 'folder') return location.folder;
  return [location.dfsUrl, location.directory].filter((part) => part !== '').join('/');
}
