// Where the files of a Delta log are.

export function logPath(folder: string, version: number): string {
  return `${folder}/_delta_log/${versionName(version)}.json`;
}

export function checkpointPath(folder: string, version: number): string {
  return `${folder}/_delta_log/${versionName(version)}.checkpoint.parquet`;
}

export function lastCheckpointPath(folder: string): string {
  return `${folder}/_delta_log/_last_checkpoint`;
}

export function versionName(version: number): string {
  return String(version).padStart(20, '0');
}
