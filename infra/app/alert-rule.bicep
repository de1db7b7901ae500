// What a deployment can set of an alert rule.

@export()
type alertRule = {
  @description('False: the rule exists and is not evaluated.')
  enabled: bool
  @description('0 critical, 1 error, 2 warning, 3 informational, 4 verbose.')
  severity: 0 | 1 | 2 | 3 | 4
  @description('It fires past this.')
  @minValue(0)
  threshold: int
  @description('How much time one look takes in.')
  window: 'PT5M' | 'PT10M' | 'PT15M' | 'PT30M' | 'PT1H' | 'PT6H' | 'P1D'
  @description('How often it looks; not less often than the window is long.')
  every: 'PT5M' | 'PT10M' | 'PT15M' | 'PT30M' | 'PT1H' | 'PT6H' | 'P1D'
}

@export()
type silenceRule = {
  enabled: bool
  @description('0 critical, 1 error, 2 warning, 3 informational, 4 verbose.')
  severity: 0 | 1 | 2 | 3 | 4
  @description('How long nothing may come.')
  @minValue(1)
  @maxValue(23)
  hours: int
}
