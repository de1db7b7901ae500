// The content of lake-sync.json, after it is read and checked.
import type { Json } from './json-text.ts';
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
  /** Loads the documents that existed before the trigger. */
  readonly initialLoad: boolean | LoadFields;
}

/** Fields for the entry of the load in the Value initialLoads. */
export type LoadFields = { readonly [Field in 'shardKey' | 'documentsPerSecond' | 'filter']?: Json };

export interface Namespace {
  readonly database: string;
  /** Absent if the whole database is watched. */
  readonly collection?: string;
}

export type SendingFunction = 'forwardChangeEvent' | 'bufferChangeEvent';

/** The value in the repository, so that the folder is complete before there is a function app. */
export const placeholderUrl = 'https://<your function app>.azurewebsites.net/api/change-events';

/** A database's name contains no dot, so each text means one namespace only. */
export function textOf({ database, collection }: Namespace): string {
  return collection === undefined ? database : `${database}.${collection}`;
}
