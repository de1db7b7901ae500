// What the doctor asks of a lake beyond its port: the receiver itself never looks, reads or removes.
import type { LakeSettings } from '../../../shared/lake/lake.ts';

export interface LakeInspector {
  /** The Date header of an answer; undefined where the lake is of this machine. */
  readonly serverDate: (signal: AbortSignal) => Promise<string | undefined>;
  /** Undefined where the identity may not ask. */
  readonly isHierarchical: (signal: AbortSignal) => Promise<boolean | undefined>;
  /** A file, and then its folder, if nothing else is in it. */
  readonly remove: (path: string, signal: AbortSignal) => Promise<void>;
  /** Paths of the files in a folder, not below it, whose names begin so. */
  readonly list: (folder: string, namesBegin: string, signal: AbortSignal) => Promise<readonly string[]>;
  readonly read: (path: string, signal: AbortSignal) => Promise<Uint8Array>;
}

export async function openInspector({ location, access, api }: LakeSettings): Promise<LakeInspector> {
  switch (location.kind) {
    case 'folder': {
      const { folderInspector } = await import('./folder-inspector.ts');
      return folderInspector(location.folder);
    }
    case 'azure': {
      const { azureInspector } = await import('./azure-inspector.ts');
      return azureInspector(location, access, api);
    }
  }
}
