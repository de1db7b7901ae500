// The receiver and its resources, in one resource group. Deploy it by `azd up` or by
// `az deployment group create --template-file infra/main.bicep`. The scope is the resource group, so a deployment needs
// rights on two resource groups only (docs/decisions/010).
import { alertRule, silenceRule } from 'app/alert-rule.bicep'

targetScope = 'resourceGroup'

@description('First part of every name. A unique part is added.')
@minLength(3)
@maxLength(24)
param name string = 'atlas-lake-sync'

@description('Region. Default: the region of the resource group. The region of the lake is best.')
param location string = resourceGroup().location

@description('Tags of every resource.')
param tags object = {}

// ─── The lake ───

@description('Storage account of the lake: the default one of your Synapse workspace, with a hierarchical namespace. It must exist. Leave it empty with createLake.')
param lakeAccount string = ''

@description('Container of the lake, which must exist. Leave it empty with createLake.')
param lakeContainer string = ''

@description('Directory in the container. Empty: its root.')
param lakeDirectory string = 'atlas'

@description('Resource group of the storage account. One role assignment is added there. Empty: the resource group of the deployment.')
param lakeResourceGroup string = ''

@description('Subscription of the storage account. Empty: the subscription of the deployment.')
param lakeSubscriptionId string = ''

@description('False if you may not assign roles on the lake. Then its owner gives identityPrincipalId, an output, the role Storage Blob Data Contributor on the container.')
param grantLakeRole bool = true

@description('True, for a trial: creates a storage account with a hierarchical namespace, a container and a Synapse workspace.')
param createLake bool = false

@description('With createLake: the public address of the machine that queries the Synapse workspace. Empty: no machine may query it.')
param synapseClientAddress string = ''

// ─── The settings of the receiver, as in the README ───

@description('LAKE_API. blob: one request to the Blob endpoint writes a file. dfs: three requests to the Data Lake endpoint.')
@allowed(['blob', 'dfs'])
param lakeApi string = 'blob'

@description('LAKE_LAYOUT. partitioned: a folder for each namespace and hour. flat: one folder for all files.')
@allowed(['partitioned', 'flat'])
param lakeLayout string = 'partitioned'

@description('LAKE_FILES. event: one file for each event. batch: one file for the events of a request that share a namespace and an hour.')
@allowed(['event', 'batch'])
param lakeFiles string = 'event'

@description('TABLES. delta: a timer keeps a Delta table of each collection. jsonl: it writes numbered JSON Lines files. off: it does nothing.')
@allowed(['off', 'delta', 'jsonl'])
param tables string = 'off'

@description('TABLES_URL. Where tables go. Empty: the directory of the lake, with "-tables" added. In another container the identity needs the same role too.')
param tablesUrl string = ''

@description('TABLES_EVERY_MINUTES. 60: complete hours. Less: the current hour too.')
@allowed([60, 30, 20, 15, 10, 5, 2, 1])
param tablesEveryMinutes int = 60

@description('TABLES_LOOKBACK_HOURS. How far back each run looks for late events.')
@minValue(1)
@maxValue(8760)
param tablesLookbackHours int = 48

@description('FILE_PREFIX. First word of every file name.')
@minLength(1)
@maxLength(80)
param filePrefix string = 'change'

@description('DOCUMENT_FORMAT. How BSON types are written.')
@allowed(['relaxed', 'canonical', 'simple'])
param documentFormat string = 'relaxed'

@description('REDACT. Fields that must not reach the lake: docs/redaction.md. Empty: the rules in the vault stay. Without rules in the vault, nothing is redacted. "none" turns redaction off.')
param redact string = ''

@secure()
@description('REDACT_KEY. The whsec_ secret of the hashes. Empty: the key in the vault stays. Without a key in the vault, one is generated.')
param redactKey string = ''

@secure()
@description('SIGNING_SECRETS. One or more whsec_ secrets, separated by spaces. Empty: the secrets in the vault stay. Without secrets in the vault, one is generated.')
param signingSecrets string = ''

@description('False: SIGNING_SECRETS is "none", and a sender needs only the function key. Use it if all senders are Atlas Stream Processing, which cannot sign.')
param requireSignature bool = true

@description('MAX_BODY_BYTES. Largest request. At most maxBytesInFlight.')
@minValue(1)
@maxValue(209715200)
param maxBodyBytes int = 67108864

@description('MAX_EVENTS. Most events in one request.')
@minValue(1)
@maxValue(100000)
param maxEvents int = 1000

@description('MAX_BYTES_IN_FLIGHT. Most bytes of bodies that one instance holds at once: at most a sixteenth of its memory. An instance needs 6 times this and 120 MB. With instanceMemoryMB=512: at most 33554432.')
@minValue(1)
@maxValue(4294967296)
param maxBytesInFlight int = 67108864

@description('WRITE_CONCURRENCY. Most writes at once in one request.')
@minValue(1)
@maxValue(1000)
param writeConcurrency int = 32

// ─── Event Hubs ───

@description('EVENT_HUB_NAME. The receiver also reads change events from this hub: docs/event-hubs.md. Empty: no hub.')
param eventHub string = ''

@description('Namespace of the hub. Empty with createEventHub.')
param eventHubNamespace string = ''

@description('Resource group of the namespace. One role assignment is added there. Empty: the resource group of the deployment.')
param eventHubResourceGroup string = ''

@description('Subscription of the namespace. Empty: the subscription of the deployment.')
param eventHubSubscriptionId string = ''

@description('EVENT_HUB_CONSUMER_GROUP. A group that no other reader uses. It must exist, unless createEventHub creates it.')
param eventHubConsumerGroup string = '$Default'

@description('False if you may not assign roles on the hub. Then its owner gives identityPrincipalId, an output, the role Azure Event Hubs Data Receiver on the hub.')
param grantEventHubRole bool = true

@description('True: creates a namespace with a Kafka endpoint, the hub of the parameter eventHub, and the consumer group.')
param createEventHub bool = false

@description('With createEventHub: true lets senders use a connection string, which Kafka clients without OAuth need. Its rule, "sender", can only send.')
param eventHubKeys bool = false

@description('With createEventHub: number of partitions. Each partition has one reader at a time. It cannot be changed later.')
@minValue(1)
@maxValue(32)
param eventHubPartitions int = 4

@description('With createEventHub: throughput units. Each unit receives 1 MB or 1000 events a second, and sends twice that.')
@minValue(1)
@maxValue(40)
param eventHubThroughputUnits int = 1

@description('With createEventHub: how many hours the hub keeps events. The receiver may be away for that long.')
@minValue(1)
@maxValue(168)
param eventHubRetentionHours int = 168

// ─── Scale ───

@description('Memory of an instance. With 512, set maxBytesInFlight and maxBodyBytes to 33554432.')
@allowed([512, 2048, 4096])
param instanceMemoryMB int = 2048

@description('Most requests at once for one instance. It does not change the memory, which maxBytesInFlight limits.')
@minValue(1)
@maxValue(1000)
param perInstanceConcurrency int = 16

@description('Most instances. It limits the costs and the load on the storage.')
@minValue(40)
@maxValue(1000)
param maximumInstanceCount int = 40

@description('Instances that always run, so that no request waits for a cold start. Each costs by the hour.')
@minValue(0)
@maxValue(40)
param alwaysReadyInstances int = 0

// ─── Access ───

@description('Addresses, or ranges in CIDR form, that may connect to the receiver, such as the outbound addresses of Atlas. Empty: all addresses. The function key and the signature still protect it.')
param allowedAddresses string[] = []

@description('True: creates a virtual network with private endpoints for the blob and dfs endpoints of the lake, and for the storage of the Functions host.')
param privateNetwork bool = false

@description('With privateNetwork: the range of the network, /25 or larger.')
param addressPrefix string = '10.20.0.0/24'

@description('Object id of the person, group or pipeline that may read and change the secrets. Default: the one that deploys. Empty: nobody.')
param vaultAdministrator string = deployer().objectId

// ─── Log and alerts ───

@description('How many days the log is kept.')
@minValue(30)
@maxValue(730)
param logRetentionDays int = 30

@description('Mail address for alerts. Empty: no mail.')
param alertEmail string = ''

@description('Resource id of your own action group for alerts. Empty: none.')
param alertActionGroup string = ''

@description('Fires if more than one of twenty deliveries in the window took longer than the threshold, in seconds, from event to file.')
param lagAlert alertRule = {
  enabled: true
  severity: 2
  threshold: 300
  window: 'PT15M'
  every: 'PT15M'
}

@description('Fires if the writes of more events than this failed.')
param failedAlert alertRule = {
  enabled: true
  severity: 1
  threshold: 0
  window: 'PT15M'
  every: 'PT15M'
}

@description('Fires if more events and deliveries than this were refused.')
param refusedAlert alertRule = {
  enabled: true
  severity: 2
  threshold: 0
  window: 'PT15M'
  every: 'PT15M'
}

@description('Fires after this many hours without events, if events came at the same time of the day before, or if the last event is over a day old. A person must resolve it.')
param silenceAlert silenceRule = {
  enabled: true
  severity: 2
  hours: 6
}

@description('Fires if the receiver was too busy, and refused senders, in more minutes of the window than this.')
param busyAlert alertRule = {
  enabled: true
  severity: 2
  threshold: 5
  window: 'PT15M'
  every: 'PT15M'
}

@description('With eventHub: fires if the oldest message of an invocation waited in the hub longer than the threshold, in seconds.')
param hubLagAlert alertRule = {
  enabled: true
  severity: 2
  threshold: 300
  window: 'PT15M'
  every: 'PT15M'
}

@description('With eventHub: fires if more messages than this went to ~refused.')
param hubRefusedAlert alertRule = {
  enabled: true
  severity: 2
  threshold: 0
  window: 'PT15M'
  every: 'PT15M'
}

@description('Fires if more calls than this failed in the app itself: the host answered 500, or a timer or an Event Hubs invocation failed.')
param faultAlert alertRule = {
  enabled: true
  severity: 1
  threshold: 0
  window: 'PT15M'
  every: 'PT15M'
}

@description('With tables: fires if the oldest event that its table lacks is older than the threshold, in seconds, after a run.')
param tablesLagAlert alertRule = {
  enabled: true
  severity: 2
  threshold: 7200
  window: 'PT6H'
  every: 'PT1H'
}

@description('With tables: fires if no run has ended for this many hours. A person must resolve it.')
param tablesSilenceAlert silenceRule = {
  enabled: true
  severity: 2
  hours: 2
}

var token = uniqueString(resourceGroup().id)
var uniqueName = '${name}-${token}'
var signingSecretName = 'signing-secrets'
var redactRulesName = 'redact-rules'
var redactKeyName = 'redact-key'

var isLakeNamed = !empty(lakeAccount) && !empty(lakeContainer)
var lake = createLake
  ? { account: 'lake${token}', container: 'lake' }
  : isLakeNamed
      ? { account: lakeAccount, container: lakeContainer }
      : fail('Cannot deploy: lakeAccount and lakeContainer must name a lake that exists, or createLake must be true: both are missing')
// docs/reliability.md has the memory that an instance needs. A sixteenth of it leaves room for the host and for
// redaction.
var memoryMB = maxBytesInFlight > instanceMemoryMB * 65536
  ? fail('Cannot deploy: maxBytesInFlight must be at most ${instanceMemoryMB * 65536} with instanceMemoryMB=${instanceMemoryMB}: it is ${maxBytesInFlight}')
  : maxBodyBytes > maxBytesInFlight
      ? fail('Cannot deploy: maxBodyBytes must be at most maxBytesInFlight, which is ${maxBytesInFlight}: it is ${maxBodyBytes}')
      : instanceMemoryMB

var lakeGroup = createLake || empty(lakeResourceGroup) ? resourceGroup().name : lakeResourceGroup
var lakeSubscription = createLake || empty(lakeSubscriptionId) ? subscription().subscriptionId : lakeSubscriptionId
var lakeAccountId = resourceId(lakeSubscription, lakeGroup, 'Microsoft.Storage/storageAccounts', lake.account)

var usesHub = createEventHub && empty(eventHub)
  ? fail('Cannot deploy: eventHub must name the hub that createEventHub creates: it is empty')
  : !empty(eventHub)
var hubNamespace = createEventHub
  ? 'hub-${token}'
  : usesHub && empty(eventHubNamespace)
      ? fail('Cannot deploy: eventHubNamespace must name a namespace that exists, or createEventHub must be true: both are missing')
      : eventHubNamespace
var hubGroup = createEventHub || empty(eventHubResourceGroup) ? resourceGroup().name : eventHubResourceGroup
var hubSubscription = createEventHub || empty(eventHubSubscriptionId)
  ? subscription().subscriptionId
  : eventHubSubscriptionId
// The name of the cloud: servicebus.windows.net, servicebus.chinacloudapi.cn, servicebus.usgovcloudapi.net.
var hubHost = replace(environment().suffixes.storage, 'core.', 'servicebus.')

module identity 'app/identity.bicep' = {
  name: 'identity'
  params: { name: uniqueName, location: location, tags: tags }
}

module monitoring 'app/monitoring.bicep' = {
  name: 'monitoring'
  params: {
    name: uniqueName
    location: location
    tags: tags
    retentionDays: logRetentionDays
    senderPrincipalId: identity.outputs.principalId
  }
}

module hostStorage 'app/host-storage.bicep' = {
  name: 'host-storage'
  params: {
    name: 'host${token}'
    location: location
    tags: tags
    hostPrincipalId: identity.outputs.principalId
    isPrivate: privateNetwork
  }
}

module keyVault 'app/key-vault.bicep' = {
  name: 'key-vault'
  params: {
    name: 'sync-${token}'
    location: location
    tags: tags
    readerPrincipalId: identity.outputs.principalId
    officerPrincipalId: vaultAdministrator
  }
}

module givenSigningSecrets 'app/given-secret.bicep' = if (!empty(signingSecrets)) {
  name: 'given-signing-secrets'
  params: { vaultName: keyVault.outputs.name, secretName: signingSecretName, value: signingSecrets }
}

module generatedSigningSecret 'app/generated-secret.bicep' = if (empty(signingSecrets)) {
  name: 'generated-signing-secret'
  params: { vaultName: keyVault.outputs.name, secretName: signingSecretName }
}

// Rules and key are in the vault, so a deployment without them does not change them: docs/decisions/010.
module givenRedactRules 'app/given-secret.bicep' = if (!empty(redact)) {
  name: 'given-redact-rules'
  params: { vaultName: keyVault.outputs.name, secretName: redactRulesName, value: redact }
}

module firstRedactRules 'app/first-secret.bicep' = if (empty(redact)) {
  name: 'first-redact-rules'
  params: { vaultName: keyVault.outputs.name, secretName: redactRulesName, value: 'none' }
}

module givenRedactKey 'app/given-secret.bicep' = if (!empty(redactKey)) {
  name: 'given-redact-key'
  params: { vaultName: keyVault.outputs.name, secretName: redactKeyName, value: redactKey }
}

module generatedRedactKey 'app/generated-secret.bicep' = if (empty(redactKey)) {
  name: 'generated-redact-key'
  params: { vaultName: keyVault.outputs.name, secretName: redactKeyName }
}

module trialLake 'app/trial-lake.bicep' = if (createLake) {
  name: 'trial-lake'
  params: {
    accountName: lake.account
    containerName: lake.container
    workspaceName: 'synapse-${token}'
    location: location
    tags: tags
    ownerPrincipalId: vaultAdministrator
    clientAddress: synapseClientAddress
  }
}

module lakeRole 'app/lake-role.bicep' = if (grantLakeRole) {
  name: 'lake-role-${token}'
  scope: resourceGroup(lakeSubscription, lakeGroup)
  params: {
    accountName: lake.account
    containerName: lake.container
    writerPrincipalId: identity.outputs.principalId
  }
  dependsOn: [trialLake]
}

module newEventHub 'app/event-hub.bicep' = if (createEventHub) {
  name: 'event-hub'
  params: {
    namespaceName: hubNamespace
    hubName: eventHub
    consumerGroup: eventHubConsumerGroup
    location: location
    tags: tags
    partitions: eventHubPartitions
    throughputUnits: eventHubThroughputUnits
    retentionHours: eventHubRetentionHours
    hasKeys: eventHubKeys
  }
}

module eventHubRole 'app/event-hub-role.bicep' = if (usesHub && grantEventHubRole) {
  name: 'event-hub-role-${token}'
  scope: resourceGroup(hubSubscription, hubGroup)
  params: {
    namespaceName: hubNamespace
    hubName: eventHub
    receiverPrincipalId: identity.outputs.principalId
  }
  dependsOn: [newEventHub]
}

module network 'app/network.bicep' = if (privateNetwork) {
  name: 'network'
  params: { name: uniqueName, location: location, tags: tags, addressPrefix: addressPrefix }
}

module hostBlobEndpoint 'app/private-endpoint.bicep' = if (privateNetwork) {
  name: 'host-blob-endpoint'
  params: {
    name: '${uniqueName}-host-blob'
    location: location
    tags: tags
    subnetId: network!.outputs.endpointSubnetId
    accountId: hostStorage.outputs.id
    kind: 'blob'
    zoneId: network!.outputs.blobZoneId
  }
}

module lakeBlobEndpoint 'app/private-endpoint.bicep' = if (privateNetwork) {
  name: 'lake-blob-endpoint'
  params: {
    name: '${uniqueName}-lake-blob'
    location: location
    tags: tags
    subnetId: network!.outputs.endpointSubnetId
    accountId: lakeAccountId
    kind: 'blob'
    zoneId: network!.outputs.blobZoneId
  }
  dependsOn: [trialLake]
}

module lakeDfsEndpoint 'app/private-endpoint.bicep' = if (privateNetwork) {
  name: 'lake-dfs-endpoint'
  params: {
    name: '${uniqueName}-lake-dfs'
    location: location
    tags: tags
    subnetId: network!.outputs.endpointSubnetId
    accountId: lakeAccountId
    kind: 'dfs'
    zoneId: network!.outputs.dfsZoneId
  }
  // A storage account accepts one at a time, and refuses the other: StorageAccountOperationInProgress.
  dependsOn: [lakeBlobEndpoint]
}

// Without a version, a reference means the vault's newest secret.
var signingSecretReference = '@Microsoft.KeyVault(SecretUri=${keyVault.outputs.uri}secrets/${signingSecretName})'
var redactRulesReference = '@Microsoft.KeyVault(SecretUri=${keyVault.outputs.uri}secrets/${redactRulesName})'
var redactKeyReference = '@Microsoft.KeyVault(SecretUri=${keyVault.outputs.uri}secrets/${redactKeyName})'

module receiver 'app/function-app.bicep' = {
  name: 'receiver'
  params: {
    name: uniqueName
    location: location
    tags: tags
    identityId: identity.outputs.id
    identityClientId: identity.outputs.clientId
    hostBlobEndpoint: hostStorage.outputs.blobEndpoint
    packageUrl: hostStorage.outputs.packageUrl
    appInsightsConnectionString: monitoring.outputs.connectionString
    receiverSettings: {
      LAKE_URL: 'abfss://${lake.container}@${lake.account}.dfs.${environment().suffixes.storage}/${lakeDirectory}'
      LAKE_API: lakeApi
      LAKE_LAYOUT: lakeLayout
      LAKE_FILES: lakeFiles
      TABLES: tables
      TABLES_URL: tablesUrl
      TABLES_EVERY_MINUTES: string(tablesEveryMinutes)
      TABLES_LOOKBACK_HOURS: string(tablesLookbackHours)
      FILE_PREFIX: filePrefix
      DOCUMENT_FORMAT: documentFormat
      // Rules of this deployment apply at once. The app reads a reference again within a day.
      REDACT: empty(redact) ? redactRulesReference : redact
      REDACT_KEY: redactKeyReference
      SIGNING_SECRETS: requireSignature ? signingSecretReference : 'none'
      MAX_BODY_BYTES: string(maxBodyBytes)
      MAX_EVENTS: string(maxEvents)
      MAX_BYTES_IN_FLIGHT: string(maxBytesInFlight)
      WRITE_CONCURRENCY: string(writeConcurrency)
      EVENT_HUB_NAME: eventHub
      EVENT_HUB_CONSUMER_GROUP: usesHub ? eventHubConsumerGroup : ''
    }
    eventHubHost: usesHub ? '${hubNamespace}.${hubHost}' : ''
    instanceMemoryMB: memoryMB
    perInstanceConcurrency: perInstanceConcurrency
    maximumInstanceCount: maximumInstanceCount
    alwaysReadyInstances: alwaysReadyInstances
    allowedAddresses: allowedAddresses
    subnetId: privateNetwork ? network!.outputs.appSubnetId : ''
  }
  // The app needs these when it starts.
  dependsOn: [
    givenSigningSecrets
    generatedSigningSecret
    givenRedactRules
    firstRedactRules
    givenRedactKey
    generatedRedactKey
    lakeRole
    eventHubRole
    hostBlobEndpoint
    lakeBlobEndpoint
    lakeDfsEndpoint
  ]
}

module workbook 'app/workbook.bicep' = {
  name: 'workbook'
  params: {
    displayName: 'Atlas Lake Sync (${uniqueName})'
    location: location
    tags: tags
    workspaceId: monitoring.outputs.workspaceId
  }
}

module alerts 'app/alerts.bicep' = {
  name: 'alerts'
  params: {
    name: uniqueName
    location: location
    tags: tags
    workspaceId: monitoring.outputs.workspaceId
    lag: lagAlert
    failed: failedAlert
    refused: refusedAlert
    silence: silenceAlert
    busy: busyAlert
    fault: faultAlert
    hubLag: hubLagAlert
    hubRefused: hubRefusedAlert
    tablesLag: tablesLagAlert
    tablesSilence: tablesSilenceAlert
    watchesTables: tables != 'off'
    watchesHub: usesHub
    email: alertEmail
    actionGroupId: alertActionGroup
  }
}

@description('The address for senders.')
output receiverUrl string = 'https://${receiver.outputs.hostName}/api/change-events'
@description('Answers 200 if the settings are valid and the lake answers.')
output healthUrl string = 'https://${receiver.outputs.hostName}/api/health'
output functionApp string = receiver.outputs.name
output keyVault string = keyVault.outputs.name
output logWorkspace string = monitoring.outputs.workspaceName
output eventHubNamespace string = usesHub ? hubNamespace : ''
output hostStorage string = hostStorage.outputs.name
output workbookId string = workbook.outputs.id
output identityPrincipalId string = identity.outputs.principalId
output synapseSql string = createLake ? trialLake!.outputs.sqlEndpoint : ''
@description('The next commands, in this order. azd up has done the first one.')
output nextCommands string[] = [
  'npm run build && func azure functionapp publish ${receiver.outputs.name} --javascript'
  'curl https://${receiver.outputs.hostName}/api/health'
  'KEY=$(az functionapp keys list --resource-group ${resourceGroup().name} --name ${receiver.outputs.name} --query functionKeys.default --output tsv)'
  'SECRET=$(az keyvault secret show --vault-name ${keyVault.outputs.name} --name ${signingSecretName} --query value --output tsv)'
  'RECEIVER_KEY=$KEY SIGNING_SECRETS="$SECRET" npm run sample -- --url https://${receiver.outputs.hostName}'
]
