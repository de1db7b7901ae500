// A private endpoint of one storage account, under the account's usual name.
param name string
param location string
param tags object
param subnetId string
param accountId string
@allowed(['blob', 'dfs'])
param kind string
param zoneId string

resource endpoint 'Microsoft.Network/privateEndpoints@2025-05-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    subnet: { id: subnetId }
    privateLinkServiceConnections: [
      {
        name: name
        properties: {
          privateLinkServiceId: accountId
          groupIds: [kind]
        }
      }
    ]
  }

  resource names 'privateDnsZoneGroups' = {
    name: 'default'
    properties: {
      privateDnsZoneConfigs: [
        {
          name: kind
          properties: { privateDnsZoneId: zoneId }
        }
      ]
    }
  }
}
