// The alert rules, and the mail addresses that they notify.
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
param tablesLag alertRule
param tablesSilence silenceRule
@description('True if a timer keeps tables.')
param watchesTables bool
@description('False: the rules of the event hub are left out.')
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
    meaning: 'The value is in seconds: 95 % of the deliveries took at most this long from event to file.'
    query: loadTextContent('../queries/alert-lag.kql')
    column: 'lagSeconds'
    aggregation: 'Maximum'
    rule: lag
    range: null
  }
  {
    name: 'failed'
    title: 'Change events could not be written'
    meaning: 'The storage service failed, or the settings are wrong. The senders keep these events and send them again.'
    query: loadTextContent('../queries/alert-failed.kql')
    column: 'failed'
    aggregation: 'Total'
    rule: failed
    range: null
  }
  {
    name: 'refused'
    title: 'Change events or deliveries were refused'
    meaning: 'They are not change events, not authentic, or too large. The senders keep them. A person must send them again.'
    query: loadTextContent('../queries/alert-refused.kql')
    column: 'refused'
    aggregation: 'Total'
    rule: refused
    range: null
  }
  {
    name: 'silence'
    title: 'No change events, after there were some before'
    meaning: 'A trigger is suspended, the sender has the wrong address or key, or nothing changed. A person must resolve this alert. It also stays if the silence is longer than the period of the query.'
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
    // Looks back beyond its window, as far as Azure allows.
    range: 'P2D'
  }
  {
    name: 'busy'
    title: 'The receiver is too busy, and refuses senders'
    meaning: 'Too many bytes are in flight. The senders keep their events and send them again. The value is the number of minutes in the window.'
    query: loadTextContent('../queries/alert-busy.kql')
    column: 'busyMinutes'
    aggregation: 'Maximum'
    rule: busy
    range: null
  }
  {
    name: 'fault'
    title: 'The app itself failed'
    meaning: 'The Functions host answered 500, or a timer or an Event Hubs invocation threw an exception. The senders keep their events and send them again.'
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
    meaning: 'The value is in seconds: the oldest message of an invocation waited this long in the hub. No message is lost within the retention of the hub.'
    query: loadTextContent('../queries/alert-hub-lag.kql')
    column: 'lagSeconds'
    aggregation: 'Maximum'
    rule: hubLag
    range: null
  }
  {
    name: 'hub-refused'
    title: 'Messages of the event hub were refused'
    meaning: 'They are not change events. Each one is kept in ~refused with its reason. After a fix, npm run replay sends them again.'
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
    meaning: 'The value is in seconds: the oldest event that its table lacks is this old after the newest run. No event is lost: it is in the lake.'
    query: loadTextContent('../queries/alert-tables-lag.kql')
    column: 'oldestMissingSeconds'
    aggregation: 'Maximum'
    rule: tablesLag
    range: null
  }
  {
    name: 'tables-silence'
    title: 'No run of the tables'
    meaning: 'The timer does not run, or its runs fail. Events still reach the lake. A person must resolve this alert.'
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
      // A rule sees a limited part of the past. When the silence is older, the rule must not look resolved.
      autoMitigate: item.range == null
      muteActionsDuration: item.range == null ? null : 'P1D'
      // A new workspace does not have the table before the first log line.
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
