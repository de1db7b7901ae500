// The log entry of one of our commits: a JSON object on each line.
import type { AddFile, MetaData, Protocol } from './actions.ts';
import { newMetaData, tableProtocol } from './schema.ts';

const appId = 'atlas-lake-sync';

export interface Commit {
  readonly txnId: string;
  readonly add: AddFile;
  readonly rows: number;
  readonly nowMs: number;
}

/** Each version of the same commit differs only in the number of its transaction. */
export function logEntry({ txnId, add, rows, nowMs }: Commit, version: number): Uint8Array {
  const commitInfo = {
    timestamp: nowMs,
    operation: 'WRITE',
    operationParameters: { mode: 'Append', partitionBy: '["date"]' },
    readVersion: version - 1,
    isolationLevel: 'Serializable',
    isBlindAppend: false,
    operationMetrics: { numFiles: '1', numOutputRows: String(rows), numOutputBytes: String(add.size) },
    engineInfo: appId,
    txnId,
  };
  const actions: readonly object[] = [
    { commitInfo },
    ...(version === 0 ? beginning(newMetaData(txnId, nowMs), tableProtocol) : []),
    { txn: { appId, version, lastUpdated: nowMs } },
    { add },
  ];
  return Buffer.from(actions.map((action) => `${JSON.stringify(action)}\n`).join(''));
}

function beginning(metaData: MetaData, protocol: Protocol): readonly object[] {
  return [{ protocol }, { metaData }];
}
