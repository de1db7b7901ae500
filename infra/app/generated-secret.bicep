// A random secret, generated once. A later deployment does not change the secret in the vault: docs/decisions/010.
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

// It has 64 bytes, the most that Standard Webhooks allows. 244 bits of them are random. It is ASCII, for signers that
// accept text only.
@onlyIfNotExists()
resource secret 'Microsoft.KeyVault/vaults/secrets@2026-02-01' = {
  parent: vault
  name: secretName
  properties: { value: 'whsec_${base64(replace('${oneHalf}${otherHalf}', '-', ''))}' }
}
