// The fix for each error code of the storage service.

import { describeFault } from '../../../shared/lake/fault.ts';
import type { LakeSettings } from '../../../shared/lake/open-lake.ts';
import { grantRole, type Places } from '../places.ts';

export function fixOfFault(fault: unknown, { location, access }: LakeSettings, places: Places): string {
  if (location.kind === 'folder') return 'LAKE_URL=file:<a folder that can be written to>';
  const words = describeFault(fault);
  const { account, container } = places;
  const fixes: readonly (readonly [RegExp, string])[] = [
    [
      /ContainerNotFound|FilesystemNotFound/,
      `az storage container create --account-name ${account} --name ${container} --auth-mode login`,
    ],
    [/AuthorizationPermissionMismatch|InsufficientAccountPermissions/, grantRole(places)],
    [
      /AuthorizationFailure|PublicAccessNotPermitted|IpAuthorizationFailure/,
      `az storage account network-rule add --account-name ${account} --resource-group <group> --ip-address <address of this machine>`,
    ],
    [/KeyBasedAuthenticationNotPermitted/, 'unset STORAGE_ACCOUNT_KEY   (the account accepts identities only)'],
    [
      /AuthenticationFailed|NoAuthenticationInformation|InvalidAuthenticationInfo/,
      access.kind === 'shared-key'
        ? `STORAGE_ACCOUNT_KEY="$(az storage account keys list --account-name ${account} --query '[0].value' --output tsv)"`
        : 'az login --tenant <the tenant of the storage account>',
    ],
    [
      /Credential|AuthenticationRequired|AuthenticationError/,
      'az login   (or STORAGE_ACCOUNT_KEY=<the key of the account>)',
    ],
    [/ENOTFOUND|EAI_AGAIN/, `LAKE_URL=abfss://${container}@<an account that exists>.dfs.core.windows.net/<directory>`],
    [/LeaseIdMissing|ResourceTypeMismatch/, 'LAKE_API=blob   (dfs is for accounts with the Data Lake endpoint only)'],
  ];
  const known = fixes.find(([pattern]) => pattern.test(words))?.[1];
  if (known !== undefined) return known;
  return /\b40[13]\b/.test(words)
    ? grantRole(places)
    : `az storage account show --name ${account} --query "[statusOfPrimary, publicNetworkAccess, networkRuleSet.defaultAction]"`;
}
