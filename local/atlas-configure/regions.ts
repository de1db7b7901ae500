// The regions of App Services apps: https://www.mongodb.com/docs/atlas/app-services/apps/deployment-models-and-regions

export interface Region {
  readonly deploymentModel: 'LOCAL' | 'GLOBAL';
  readonly providerRegion: string;
  /** The older name of the region, for realm-cli. Absent if the documentation has none. */
  readonly location?: string;
}

/** The id of each region, and its older name. */
export const locations: ReadonlyMap<string, string | undefined> = new Map([
  ['azure-eastus2', 'US-VA'],
  ['azure-westus', 'US-OR'],
  ['azure-westeurope', 'DE-FF'],
  ['azure-southeastasia', 'SG'],
  ['azure-eastasia', 'IN-MB'],
  ['aws-us-east-1', 'US-VA'],
  ['aws-us-east-2', 'US-VA'],
  ['aws-us-west-2', 'US-OR'],
  ['aws-eu-west-1', 'IE'],
  ['aws-eu-west-2', 'IE'],
  ['aws-eu-central-1', 'DE-FF'],
  ['aws-ap-south-1', 'IN-MB'],
  ['aws-ap-southeast-1', 'SG'],
  ['aws-ap-southeast-2', 'AU'],
  ['aws-sa-east-1', 'BR-SP'],
  ['gcp-us-central1', undefined],
  ['gcp-us-east4', undefined],
  ['gcp-us-west1', undefined],
  ['gcp-europe-west1', undefined],
  ['gcp-asia-south1', undefined],
]);
