/** Where a data file is: the log has URIs, the lake has paths. Files elsewhere belong to a clone, which is no table of ours. */
export function dataPath(folder: string, uri: string): string {
  if (/^[a-z][a-z0-9+.-]*:|^\//i.test(uri))
    throw new Error(
      'Cannot use the table, which stays as it is: its files must be in its own folder: one is elsewhere',
    );
  return `${folder}/${decodeURIComponent(uri)}`;
}
