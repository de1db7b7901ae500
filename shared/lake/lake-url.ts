// Reads LAKE_URL in all its spellings. Each store reads its own addresses.
import { type AzureLocation, readAzureLocation } from './azure/azure-location.ts';
import { type FolderLocation, readFolderLocation } from './folder/folder-location.ts';
import type { LocationProblem } from './location-problem.ts';

export type LakeLocation = FolderLocation | AzureLocation;

export type ReadLocation = LakeLocation | LocationProblem;

export function readLakeUrl(text: string): ReadLocation {
  return text.startsWith('file:') ? readFolderLocation(text) : readAzureLocation(text);
}
