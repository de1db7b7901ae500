// With createEventHub: a namespace with a Kafka endpoint, a hub and a consumer group for the receiver.
param namespaceName string
param hubName string
param consumerGroup string
param location string
param tags object
param partitions int
param throughputUnits int
param retentionHours int
@description('True: senders may use connection strings.')
param hasKeys bool

// Basic has no Kafka endpoint and no consumer groups.
resource namespace 'Microsoft.EventHub/namespaces@2024-01-01' = {
  name: namespaceName
  location: location
  tags: tags
  sku: {
    name: 'Standard'
    tier: 'Standard'
    capacity: throughputUnits
  }
  properties: {
    disableLocalAuth: !hasKeys
    minimumTlsVersion: '1.2'
    publicNetworkAccess: 'Enabled'
  }

  resource hub 'eventhubs' = {
    name: hubName
    properties: {
      partitionCount: partitions
      retentionDescription: {
        cleanupPolicy: 'Delete'
        retentionTimeInHours: retentionHours
      }
    }

    resource group 'consumergroups' = if (consumerGroup != '$Default') {
      name: consumerGroup
      properties: {}
    }

    // The rule for a connector: it can only send to this hub.
    resource sender 'authorizationRules' = if (hasKeys) {
      name: 'sender'
      properties: { rights: ['Send'] }
    }
  }
}
