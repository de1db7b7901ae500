// The entries of a Delta log that a table of changes needs.
// https://github.com/delta-io/delta/blob/master/PROTOCOL.md

export interface AddFile {
  /** A URI, relative to the table. */
  readonly path: string;
  readonly partitionValues: Readonly<Record<string, string | null>>;
  readonly size: number;
  readonly modificationTime: number;
  readonly dataChange: boolean;
  readonly tags: Readonly<Record<string, string | null>> | undefined;
  readonly stats: string | undefined;
}

export interface RemoveFile {
  readonly path: string;
  readonly deletionTimestamp: number | undefined;
  readonly dataChange: boolean;
  readonly extendedFileMetadata: boolean | undefined;
  readonly partitionValues: Readonly<Record<string, string | null>> | undefined;
  readonly size: number | undefined;
}

export interface MetaData {
  readonly id: string;
  readonly name: string | undefined;
  readonly description: string | undefined;
  readonly format: { readonly provider: string; readonly options: Readonly<Record<string, string | null>> };
  readonly schemaString: string;
  readonly partitionColumns: readonly string[];
  readonly createdTime: number | undefined;
  readonly configuration: Readonly<Record<string, string | null>>;
}

export interface Protocol {
  readonly minReaderVersion: number;
  readonly minWriterVersion: number;
}

/** Another program keeps it in the table, to do its own work once. */
export interface Txn {
  readonly appId: string;
  readonly version: number;
  readonly lastUpdated: number | undefined;
}

export type Action =
  | { readonly kind: 'add'; readonly add: AddFile }
  | { readonly kind: 'remove'; readonly remove: RemoveFile }
  | { readonly kind: 'metaData'; readonly metaData: MetaData }
  | { readonly kind: 'protocol'; readonly protocol: Protocol }
  | { readonly kind: 'txn'; readonly txn: Txn }
  | { readonly kind: 'commitInfo'; readonly txnId: string | undefined };
