// The receiver: a Flex Consumption plan, the app on it, and its settings.
param name string
param location string
param tags object
param identityId string
param identityClientId string
param hostBlobEndpoint string
param packageUrl string
param appInsightsConnectionString string
@description('The settings that shared/app/settings.ts reads, by name.')
param receiverSettings object
@description('Host name of the namespace of the event hub. Empty: no event hub.')
param eventHubHost string
param instanceMemoryMB int
param perInstanceConcurrency int
param maximumInstanceCount int
param alwaysReadyInstances int
@description('Empty: everybody may connect.')
param allowedAddresses string[]
@description('Empty: no virtual network.')
param subnetId string

// This plan has properties instead of FUNCTIONS_WORKER_RUNTIME, FUNCTIONS_EXTENSION_VERSION and WEBSITE_….
var hostSettings = {
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: identityClientId
  AzureWebJobsStorage__blobServiceUri: hostBlobEndpoint
  APPLICATIONINSIGHTS_CONNECTION_STRING: appInsightsConnectionString
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
  AZURE_CLIENT_ID: identityClientId
  // Far above MAX_BODY_BYTES, so that the receiver's own 413 answers a large body. Above this limit the host answers a
  // bare 500, and a sender repeats that for ever.
  FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: '1073741824'
}

// The app signs in by identity, without a connection string. The host downloads the extension bundle with the Event
// Hubs trigger when it starts. Only an app with a hub needs the bundle, so it is not in host.json.
var hubSettings = empty(eventHubHost)
  ? {}
  : {
      EVENT_HUB_CONNECTION__fullyQualifiedNamespace: eventHubHost
      EVENT_HUB_CONNECTION__credential: 'managedidentity'
      EVENT_HUB_CONNECTION__clientId: identityClientId
      AzureFunctionsJobHost__extensionBundle__id: 'Microsoft.Azure.Functions.ExtensionBundle'
      AzureFunctionsJobHost__extensionBundle__version: '[4.0.0, 5.0.0)'
    }

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: name
  location: location
  tags: tags
  kind: 'functionapp'
  sku: {
    name: 'FC1'
    tier: 'FlexConsumption'
  }
  properties: { reserved: true }
}

resource app 'Microsoft.Web/sites@2025-03-01' = {
  name: name
  location: location
  tags: union(tags, { 'azd-service-name': 'receiver' })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identityId}': {} }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    publicNetworkAccess: 'Enabled'
    keyVaultReferenceIdentity: identityId
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    siteConfig: {
      appSettings: map(items(union(hostSettings, hubSettings, receiverSettings)), setting => {
        name: setting.key
        value: setting.value
      })
      ftpsState: 'Disabled'
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      ipSecurityRestrictions: [
        for (address, index) in allowedAddresses: {
          name: 'allowed-${index}'
          action: 'Allow'
          ipAddress: contains(address, '/') ? address : '${address}/${contains(address, ':') ? 128 : 32}'
          priority: 100 + index
        }
      ]
      ipSecurityRestrictionsDefaultAction: empty(allowedAddresses) ? 'Allow' : 'Deny'
      // A person publishes from another address, and must sign in with Entra ID.
      scmIpSecurityRestrictionsUseMain: false
    }
    functionAppConfig: {
      runtime: {
        name: 'node'
        version: '24'
      }
      deployment: {
        storage: {
          type: 'blobContainer'
          value: packageUrl
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
          }
        }
      }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstanceCount
        alwaysReady: alwaysReadyInstances == 0
          ? []
          : [
              {
                name: 'http'
                instanceCount: alwaysReadyInstances
              }
            ]
        triggers: { http: { perInstanceConcurrency: perInstanceConcurrency } }
      }
    }
  }

  resource noFtpPassword 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: { allow: false }
  }

  resource noScmPassword 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: { allow: false }
  }
}

output name string = app.name
output hostName string = app.properties.defaultHostName
