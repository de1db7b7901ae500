// The questions that the workspace is asked at intervals, and who hears of the answers.
import { alertRule, silenceRule } from 'alert-rule.bicep'

param name string
param location string
param tags object
param workspaceId string
param lag alertRule
param failed alertRule
param refused alertRule
param silence silenceRule
param busy alertRule
param fault alertRule
param hubLag alertRule
param hubRefused alertRule
@description('False: the rules of the event hub are left out.')
param tablesLag alertRule
param tablesSilence silenceRule
@description('Whether a timer keeps tables.')
param watchesTables bool
param watchesHub bool
param email string
param actionGroupId string

resource mail 'Microsoft.Insights/actionGroups@2023-01-01' = if (!empty(email)) {
  name: name
  location: 'global'
  tags: tags
  properties: {
    enabled: true
    groupShortName: 'lake-sync'
    emailReceivers: [
      {
        name: 'operator'
        emailAddress: email
        useCommonAlertSchema: true
      }
    ]
  }
}

var actionGroups = union(empty(email) ? [] : [mail.id], empty(actionGroupId) ? [] : [actionGroupId])

var rules = [
  {
    name: 'lag'
    title: 'Change events reach the lake late'
    meaning: 'Nineteen of twenty deliveries took at most so many seconds from event to file; the threshold is in seconds.'
    query: loadTextContent('../queries/alert-lag.kql')
    column: 'lagSeconds'
    aggregation: 'Maximum'
    rule: lag
    range: null
  }
  {
    name: 'failed'
    title: 'Change events could not be written'
    meaning: 'The storage service failed, or the settings are wrong. The senders keep what was not written and send it again.'
    query: loadTextContent('../queries/alert-failed.kql')
    column: 'failed'
    aggregation: 'Total'
    rule: failed
    range: null
  }
  {
    name: 'refused'
    title: 'Change events or deliveries were refused'
    meaning: 'They are no change events, or not authentic, or too large. The senders keep them; they do not come again by themselves.'
    query: loadTextContent('../queries/alert-refused.kql')
    column: 'refused'
    aggregation: 'Total'
    rule: refused
    range: null
  }
  {
    name: 'silence'
    title: 'No change events, where there were some before'
    meaning: 'A trigger is suspended, the sender has the wrong address or key, or nothing changed. A person resolves this alert: it also stays when silence lasts longer than the log is looked at.'
    query: replace(loadTextContent('../queries/alert-silence.kql'), 'let quiet = 6h;', 'let quiet = ${silence.hours}h;')
    column: 'silent'
    aggregation: 'Total'
    rule: {
      enabled: silence.enabled
      severity: silence.severity
      threshold: 0
      window: 'PT1H'
      every: 'PT1H'
    }
    // Looks back past its window, as far as a rule may.
    range: 'P2D'
  }
  {
    name: 'busy'
    title: 'The receiver is too busy, and turns senders away'
    meaning: 'Too many bytes are in flight. The senders keep their events and send them again; the threshold is in minutes of the window.'
    query: loadTextContent('../queries/alert-busy.kql')
    column: 'busyMinutes'
    aggregation: 'Maximum'
    rule: busy
    range: null
  }
  {
    name: 'fault'
    title: 'The app itself failed'
    meaning: 'The Functions host answered 500, or a timer or an Event Hubs invocation ended in an exception. The senders keep their events and send them again.'
    query: loadTextContent('../queries/alert-fault.kql')
    column: 'faults'
    aggregation: 'Total'
    rule: fault
    range: null
  }
]

var hubRules = [
  {
    name: 'hub-lag'
    title: 'Messages wait in the event hub'
    meaning: 'The oldest message of an invocation waited longer than this before it was taken; the threshold is in seconds. Nothing is lost within the retention of the hub.'
    query: loadTextContent('../queries/alert-hub-lag.kql')
    column: 'lagSeconds'
    aggregation: 'Maximum'
    rule: hubLag
    range: null
  }
  {
    name: 'hub-refused'
    title: 'Messages of the event hub were refused'
    meaning: 'They hold no change event. Each is kept in ~refused with its reason; npm run replay sends it again after a fix.'
    query: loadTextContent('../queries/alert-hub-refused.kql')
    column: 'refused'
    aggregation: 'Total'
    rule: hubRefused
    range: null
  }
]

var tablesRules = [
  {
    name: 'tables-lag'
    title: 'Tables are behind'
    meaning: 'The oldest event that is not in its table is older than this, after the newest run; the threshold is in seconds. Nothing is lost: the event is in the lake.'
    query: loadTextContent('../queries/alert-tables-lag.kql')
    column: 'oldestMissingSeconds'
    aggregation: 'Maximum'
    rule: tablesLag
    range: null
  }
  {
    name: 'tables-silence'
    title: 'No run of the tables'
    meaning: 'The timer does not run, or its runs end in a fault. Events go on to reach the lake. A person resolves this alert.'
    query: replace(loadTextContent('../queries/alert-tables-silence.kql'), 'let quiet = 2h;', 'let quiet = ${tablesSilence.hours}h;')
    column: 'silent'
    aggregation: 'Total'
    rule: {
      enabled: tablesSilence.enabled
      severity: tablesSilence.severity
      threshold: 0
      window: 'PT1H'
      every: 'PT1H'
    }
    range: 'P2D'
  }
]

resource alerts 'Microsoft.Insights/scheduledQueryRules@2026-03-01' = [
  for item in concat(rules, watchesHub ? hubRules : [], watchesTables ? tablesRules : []): {
    name: '${name}-${item.name}'
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: item.title
      description: item.meaning
      enabled: item.rule.enabled
      severity: item.rule.severity
      scopes: [workspaceId]
      windowSize: item.rule.window
      evaluationFrequency: item.rule.every
      overrideQueryTimeRange: item.range
      // A rule that looks at the past forgets it in time. That must not look as if events came back.
      autoMitigate: item.range == null
      muteActionsDuration: item.range == null ? null : 'P1D'
      // A workspace that nothing was logged to yet does not know the table.
      skipQueryValidation: true
      criteria: {
        allOf: [
          {
            query: item.query
            metricMeasureColumn: item.column
            timeAggregation: item.aggregation
            operator: 'GreaterThan'
            threshold: item.rule.threshold
            failingPeriods: {
              numberOfEvaluationPeriods: 1
              minFailingPeriodsToAlert: 1
            }
          }
        ]
      }
      actions: { actionGroups: actionGroups }
    }
  }
]
