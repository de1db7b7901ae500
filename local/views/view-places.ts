// The places of lake and tables, in an engine's spelling. For an engine in the cloud, a folder here is a placeholder.

import { resolve } from 'node:path';
import type { LakeLocation } from '../../shared/lake/lake-url.ts';
import { joined } from '../../shared/tables/lake-files.ts';

/** A folder in a container, as each engine spells it. */
export interface ViewPlace {
  readonly abfss: (path: string) => string;
  readonly https: (path: string) => string;
  /** The address of the Blob endpoint. Snowflake needs it. */
  readonly azure: (path: string) => string;
  /** The path on this machine. For a place in Azure, the abfss address. */
  readonly local: (path: string) => string;
  readonly isPlaceholder: boolean;
}

export function viewPlace(location: LakeLocation, placeholderDirectory: string): ViewPlace {
  switch (location.kind) {
    case 'folder': {
      const place = azurePlace('<account>.dfs.core.windows.net', '<container>', placeholderDirectory);
      return { ...place, local: (path) => joined(resolve(location.folder), path), isPlaceholder: true };
    }
    case 'azure': {
      const host = location.dfsUrl.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
      return azurePlace(host, location.container, location.directory);
    }
  }
}

function azurePlace(host: string, container: string, directory: string): ViewPlace {
  const abfss = (path: string): string => joined(`abfss://${container}@${host}`, directory, path);
  return {
    abfss,
    https: (path) => joined(`https://${host}`, container, directory, path),
    azure: (path) => joined(`azure://${host.replace('.dfs.', '.blob.')}`, container, directory, path),
    local: abfss,
    isPlaceholder: false,
  };
}
