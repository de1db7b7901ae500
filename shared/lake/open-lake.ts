// Opens the ports of a lake. The SDKs of Azure take most of a cold start, so they are loaded only for a lake in Azure.
import type { AzureAccess, AzureApi } from './azure/azure-pipeline.ts';
import { folderReader } from './folder/folder-reader.ts';
import { folderRemover } from './folder/folder-remover.ts';
import { folderReplacer } from './folder/folder-replacer.ts';
import { folderWriter } from './folder/folder-writer.ts';
import type { LakeReader, LakeRemover, LakeReplacer, LakeWriter } from './lake.ts';
import type { LakeLocation } from './lake-url.ts';

export interface LakeSettings {
  readonly location: LakeLocation;
  readonly access: AzureAccess;
  readonly api: AzureApi;
}

export async function openWriter({ location, access, api }: LakeSettings): Promise<LakeWriter> {
  switch (location.kind) {
    case 'folder':
      return folderWriter(location.folder);
    case 'azure': {
      const { azureWriter } = await import('./azure/azure-writer.ts');
      return azureWriter(location, access, api);
    }
  }
}

export async function openReader({ location, access, api }: LakeSettings): Promise<LakeReader> {
  switch (location.kind) {
    case 'folder':
      return folderReader(location.folder);
    case 'azure': {
      const { azureReader } = await import('./azure/azure-reader.ts');
      return azureReader(location, access, api);
    }
  }
}

export async function openRemover({ location, access, api }: LakeSettings): Promise<LakeRemover> {
  switch (location.kind) {
    case 'folder':
      return folderRemover(location.folder);
    case 'azure': {
      const { azureRemover } = await import('./azure/azure-remover.ts');
      return azureRemover(location, access, api);
    }
  }
}

export async function openReplacer({ location, access, api }: LakeSettings): Promise<LakeReplacer> {
  switch (location.kind) {
    case 'folder':
      return folderReplacer(location.folder);
    case 'azure': {
      const { azureReplacer } = await import('./azure/azure-replacer.ts');
      return azureReplacer(location, access, api);
    }
  }
}
