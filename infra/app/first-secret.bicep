// A secret that counts until somebody sets another. A later deployment leaves what it finds: docs/decisions/010.
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
