// What lake-sync.json says, once it is read and checked.
import type { Region } from './regions.ts';

export interface LakeSync {
  readonly app: string;
  readonly cluster: string;
  readonly dataSource: string;
  readonly receiverUrl: string;
  readonly region: Region;
  readonly drainEveryMinutes: number;
  readonly batchEvents: number;
  readonly batchSeconds: number;
  readonly watch: readonly Watched[];
}

export interface Watched extends Namespace {
  readonly function: SendingFunction;
  readonly ordered: boolean;
  readonly preImages: boolean;
  readonly enabled: boolean;
  /** Loads the documents that were there before the trigger. */
  readonly initialLoad: boolean;
}

export interface Namespace {
  readonly database: string;
  /** Absent where the whole database is watched. */
  readonly collection?: string;
}

export type SendingFunction = 'forwardChangeEvent' | 'bufferChangeEvent';

/** What the repository holds, so that the folder is complete before anybody has a function app. */
export const placeholderUrl = 'https://<your function app>.azurewebsites.net/api/change-events';

/** A database's name contains no dot, so the text belongs to one namespace alone. */
export function textOf({ database, collection }: Namespace): string {
  return collection === undefined ? database : `${database}.${collection}`;
}
