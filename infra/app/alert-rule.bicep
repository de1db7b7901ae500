// The options of an alert rule that a deployment can set.

@export()
type alertRule = {
  @description('False: the rule exists, but Azure does not evaluate it.')
  enabled: bool
  @description('0 critical, 1 error, 2 warning, 3 informational, 4 verbose.')
  severity: 0 | 1 | 2 | 3 | 4
  @description('The rule fires above this value.')
  @minValue(0)
  threshold: int
  @description('The period that one evaluation covers.')
  window: 'PT5M' | 'PT10M' | 'PT15M' | 'PT30M' | 'PT1H' | 'PT6H' | 'P1D'
  @description('The time between two evaluations. At most as long as the window.')
  every: 'PT5M' | 'PT10M' | 'PT15M' | 'PT30M' | 'PT1H' | 'PT6H' | 'P1D'
}

@export()
type silenceRule = {
  enabled: bool
  @description('0 critical, 1 error, 2 warning, 3 informational, 4 verbose.')
  severity: 0 | 1 | 2 | 3 | 4
  @description('How long the silence may last.')
  @minValue(1)
  @maxValue(23)
  hours: int
}
