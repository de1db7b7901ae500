import type { LakeSettings } from '../../../shared/lake/open-lake.ts';
import type { LakeInspector } from './lake-inspector.ts';

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
