// The vault of the secrets. The app reads them, and one administrator can read and change them.
param name string
param location string
param tags object
@description('Principal id of the app, which may read secrets.')
param readerPrincipalId string
@description('Principal id of the administrator, who may read and change secrets. Empty: nobody.')
param officerPrincipalId string

resource vault 'Microsoft.KeyVault/vaults@2026-02-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    tenantId: subscription().tenantId
    sku: {
      family: 'A'
      name: 'standard'
    }
    enableRbacAuthorization: true
    enableSoftDelete: true
    softDeleteRetentionInDays: 90
    // A lost redact-key would change every hash. A deleted vault can be recovered for 90 days. Nobody can purge it
    // before.
    enablePurgeProtection: true
    publicNetworkAccess: 'Enabled'
  }
}

var userRole = '4633458b-17de-408a-b874-0445c86b69e6'
var officerRole = 'b86a8fe4-44ce-4948-aee5-eccb2c155cd7'

resource mayRead 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, readerPrincipalId, userRole)
  scope: vault
  properties: {
    principalId: readerPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', userRole)
  }
}

// It has no principal type, because it can be a person, a group or a pipeline.
resource mayChange 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(officerPrincipalId)) {
  name: guid(vault.id, officerPrincipalId, officerRole)
  scope: vault
  properties: {
    principalId: officerPrincipalId
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', officerRole)
  }
}

output name string = vault.name
output uri string = vault.properties.vaultUri
