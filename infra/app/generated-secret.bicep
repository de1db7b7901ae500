// A secret that nobody chose, made once. A later deployment leaves what it finds, whoever put it there: docs/decisions/010.
param vaultName string
param secretName string
@secure()
@description('Chance. Not for anybody to set.')
param oneHalf string = newGuid()
@secure()
@description('Chance. Not for anybody to set.')
param otherHalf string = newGuid()

resource vault 'Microsoft.KeyVault/vaults@2026-02-01' existing = {
  name: vaultName
}

// 64 bytes, the most that Standard Webhooks allows, of which 244 bits are chance. ASCII, so that a signer that takes text only can use it.
@onlyIfNotExists()
resource secret 'Microsoft.KeyVault/vaults/secrets@2026-02-01' = {
  parent: vault
  name: secretName
  properties: { value: 'whsec_${base64(replace('${oneHalf}${otherHalf}', '-', ''))}' }
}
