import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { deployedFiles } from '../../local/deployed-files.ts';
import { root } from '../../local/paths.ts';

/** Puts only the deployed files into a folder. */
export async function copyDeployedApp(folder: string): Promise<string> {
  for (const file of await deployedFiles()) await cp(join(root, file), join(folder, file), { recursive: true });
  return folder;
}
