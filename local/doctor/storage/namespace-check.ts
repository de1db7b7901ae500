// Checks that the account has a hierarchical namespace.
import { describeFault } from '../../../shared/lake/fault.ts';
import type { LakeLocation } from '../../../shared/lake/lake-url.ts';
import { type Check, failed, leftOut, ok } from '../check.ts';
import type { Places } from '../places.ts';
import { askStorage } from './ask-storage.ts';
import type { LakeInspector } from './lake-inspector.ts';

export const namespaceName = 'hierarchical namespace';

/** Synapse, Spark and Fabric need real folders, which only such an account has. */
export async function namespaceOf(location: LakeLocation, inspector: LakeInspector, places: Places): Promise<Check> {
  const exempt = exemptBecause(location);
  if (exempt !== undefined) return leftOut(namespaceName, exempt);
  return await askForNamespace(inspector, places);
}

function exemptBecause(location: LakeLocation): string | undefined {
  if (location.kind === 'folder') return 'a folder on this machine always has one';
  if (location.blobUrl.startsWith('http:')) return 'an emulator never has one; check the account in Azure';
  return location.dfsUrl.includes('.dfs.fabric.microsoft.') ? 'OneLake always has one' : undefined;
}

export async function askForNamespace(inspector: LakeInspector, { account }: Places): Promise<Check> {
  const ask = `az storage account show --name ${account} --query isHnsEnabled`;
  const found = await askStorage(inspector.isHierarchical).catch((fault: unknown) => ({ fault: describeFault(fault) }));
  if (typeof found === 'object')
    return leftOut(namespaceName, `the storage service does not answer: ${found.fault}`, ask);
  if (found === undefined) return leftOut(namespaceName, 'this identity may not ask', ask);
  if (found) return ok(namespaceName, 'on');
  return failed(
    namespaceName,
    'the account must have a hierarchical namespace: it is missing',
    `az storage account hns-migration start --type upgrade --name ${account} --resource-group <group>\nor another account: az storage account create --enable-hierarchical-namespace true …, and LAKE_URL to it`,
  );
}
