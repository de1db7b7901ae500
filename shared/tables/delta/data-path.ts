/** The path of a data file. The log has URIs. A table with files elsewhere is a clone, and not ours. */
export function dataPath(folder: string, uri: string): string {
  if (/^[a-z][a-z0-9+.-]*:|^\//i.test(uri))
    throw new Error(
      'Cannot use the table, which stays as it is: its files must be in its own folder: one is elsewhere',
    );
  return `${folder}/${decodeURIComponent(uri)}`;
}
