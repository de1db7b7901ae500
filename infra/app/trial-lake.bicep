// A lake for a trial: an account with a hierarchical namespace, its container, and a Synapse workspace that reads it.
param accountName string
param containerName string
param workspaceName string
param location string
param tags object
@description('Principal id of the administrator of the workspace, who can read the lake. Empty: nobody.')
param ownerPrincipalId string
@description('Public address of the machine that queries the workspace. Empty: none.')
param clientAddress string

resource account 'Microsoft.Storage/storageAccounts@2025-08-01' = {
  name: accountName
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: 'Standard_LRS' }
  properties: {
    isHnsEnabled: true
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
  }

  resource blobs 'blobServices' = {
    name: 'default'

    resource container 'containers' = {
      name: containerName
      properties: { publicAccess: 'None' }
    }
  }
}

resource workspace 'Microsoft.Synapse/workspaces@2021-06-01' = {
  name: workspaceName
  location: location
  tags: tags
  identity: { type: 'SystemAssigned' }
  properties: {
    azureADOnlyAuthentication: true
    cspWorkspaceAdminProperties: empty(ownerPrincipalId) ? null : { initialWorkspaceAdminObjectId: ownerPrincipalId }
    defaultDataLakeStorage: {
      accountUrl: account.properties.primaryEndpoints.dfs
      filesystem: containerName
      resourceId: account.id
    }
    publicNetworkAccess: 'Enabled'
    // The API needs it. With Entra ID only, nobody can sign in with it.
    sqlAdministratorLogin: 'unused'
  }
  dependsOn: [account::blobs::container]

  resource fromClient 'firewallRules' = if (!empty(clientAddress)) {
    name: 'client'
    properties: {
      startIpAddress: clientAddress
      endIpAddress: clientAddress
    }
  }
}

var storageBlobDataContributor = 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
var storageBlobDataReader = '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1'

resource workspaceMayWrite 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(account::blobs::container.id, workspace.id, storageBlobDataContributor)
  scope: account::blobs::container
  properties: {
    principalId: workspace.identity.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', storageBlobDataContributor)
  }
}

resource ownerMayRead 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(ownerPrincipalId)) {
  name: guid(account::blobs::container.id, ownerPrincipalId, storageBlobDataReader)
  scope: account::blobs::container
  properties: {
    principalId: ownerPrincipalId
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', storageBlobDataReader)
  }
}

output sqlEndpoint string = workspace.properties.connectivityEndpoints.sqlOnDemand
