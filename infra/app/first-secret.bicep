// The first value of a secret, until a person sets another one. A later deployment does not change it:
// docs/decisions/010.
param vaultName string
param secretName string
@secure()
param value string

resource vault 'Microsoft.KeyVault/vaults@2026-02-01' existing = {
  name: vaultName
}

@onlyIfNotExists()
resource secret 'Microsoft.KeyVault/vaults/secrets@2026-02-01' = {
  parent: vault
  name: secretName
  properties: { value: value }
}
