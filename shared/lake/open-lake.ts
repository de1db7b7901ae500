import type { Lake, LakeSettings } from './lake.ts';

/** Loads only the adapter that is used: the Azure SDKs take most of a cold start. */
export async function openLake(settings: LakeSettings): Promise<Lake> {
  const { location } = settings;
  switch (location.kind) {
    case 'folder': {
      const { folderLake } = await import('./folder/folder-lake.ts');
      return folderLake(location.folder);
    }
    case 'azure': {
      const { azureLake } = await import('./azure/azure-lake.ts');
      return azureLake(location, settings.access, settings.api);
    }
  }
}
