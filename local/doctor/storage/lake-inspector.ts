// What the doctor asks of a lake beyond the ports of shared/lake/lake.ts.
import type { LakeSettings } from '../../../shared/lake/open-lake.ts';

export interface LakeInspector {
  /** The Date header of an answer; undefined where the lake is a folder of this machine. */
  readonly serverDate: (signal: AbortSignal) => Promise<string | undefined>;
  /** Undefined where the identity may not ask. */
  readonly isHierarchical: (signal: AbortSignal) => Promise<boolean | undefined>;
}

export async function openInspector({ location, access, api }: LakeSettings): Promise<LakeInspector> {
  switch (location.kind) {
    case 'folder':
      return { serverDate: async () => undefined, isHierarchical: async () => true };
    case 'azure': {
      const { azureInspector } = await import('./azure-inspector.ts');
      return azureInspector(location, access, api);
    }
  }
}
