// The dashboard: ../workbook.json, with the text of each query instead of its file's name.
param displayName string
param location string
param tags object
param workspaceId string

// Its parts have different forms, so they have no common type.
var template = any(loadJsonContent('../workbook.json'))
var queries = {
  'lag.kql': loadTextContent('../queries/lag.kql')
  'storage-time.kql': loadTextContent('../queries/storage-time.kql')
  'events-by-outcome.kql': loadTextContent('../queries/events-by-outcome.kql')
  'events-by-namespace.kql': loadTextContent('../queries/events-by-namespace.kql')
  'events-by-operation.kql': loadTextContent('../queries/events-by-operation.kql')
  'refused.kql': loadTextContent('../queries/refused.kql')
  'turned-away.kql': loadTextContent('../queries/turned-away.kql')
  'failed-writes.kql': loadTextContent('../queries/failed-writes.kql')
  'event-hub-lag.kql': loadTextContent('../queries/event-hub-lag.kql')
  'event-hub-refused.kql': loadTextContent('../queries/event-hub-refused.kql')
  'tables-lag.kql': loadTextContent('../queries/tables-lag.kql')
  'duplicates.kql': loadTextContent('../queries/duplicates.kql')
}
var panels = map(
  template.items,
  item => item.type == 3 ? union(item, { content: { query: queries[item.content.query] } }) : item
)

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(resourceGroup().id, 'atlas-lake-sync')
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: displayName
    category: 'workbook'
    sourceId: workspaceId
    serializedData: string({
      version: template.version
      items: panels
      fallbackResourceIds: [workspaceId]
      '$schema': template['$schema']
    })
  }
}

output id string = workbook.id
