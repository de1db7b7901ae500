// The settings of the lake → its ports. Loads only the adapter that is used: the Azure SDKs take most of a cold start.
import type { AzureAccess, AzureApi } from './azure/azure-pipeline.ts';
import type { LakeReader, LakeRemover, LakeReplacer, LakeWriter } from './lake.ts';
import type { LakeLocation } from './lake-url.ts';

export interface LakeSettings {
  readonly location: LakeLocation;
  readonly access: AzureAccess;
  readonly api: AzureApi;
}

export async function openWriter({ location, access, api }: LakeSettings): Promise<LakeWriter> {
  switch (location.kind) {
    case 'folder': {
      const { folderWriter } = await import('./folder/folder-writer.ts');
      return folderWriter(location.folder);
    }
    case 'azure': {
      const { azureWriter } = await import('./azure/azure-writer.ts');
      return azureWriter(location, access, api);
    }
  }
}

export async function openReader({ location, access, api }: LakeSettings): Promise<LakeReader> {
  switch (location.kind) {
    case 'folder': {
      const { folderReader } = await import('./folder/folder-reader.ts');
      return folderReader(location.folder);
    }
    case 'azure': {
      const { azureReader } = await import('./azure/azure-reader.ts');
      return azureReader(location, access, api);
    }
  }
}

export async function openRemover({ location, access, api }: LakeSettings): Promise<LakeRemover> {
  switch (location.kind) {
    case 'folder': {
      const { folderRemover } = await import('./folder/folder-remover.ts');
      return folderRemover(location.folder);
    }
    case 'azure': {
      const { azureRemover } = await import('./azure/azure-remover.ts');
      return azureRemover(location, access, api);
    }
  }
}

export async function openReplacer({ location, access, api }: LakeSettings): Promise<LakeReplacer> {
  switch (location.kind) {
    case 'folder': {
      const { folderReplacer } = await import('./folder/folder-replacer.ts');
      return folderReplacer(location.folder);
    }
    case 'azure': {
      const { azureReplacer } = await import('./azure/azure-replacer.ts');
      return azureReplacer(location, access, api);
    }
  }
}
