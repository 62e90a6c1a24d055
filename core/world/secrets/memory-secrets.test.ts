import { describe, expect, test } from 'vitest'
import { memorySecrets } from './memory-secrets.ts'
import { noSecrets } from './no-secrets.ts'
import { secretsSuite } from './secrets-suite.ts'
import { formatSecretName, parseSecretName } from '#core/model/secrets.ts'

describe('secrets in memory', () => {
  secretsSuite(async () => memorySecrets())
})

describe('no place for secrets', () => {
  const name = { home: 'h', block: 'b', field: 'value', version: 1 }

  test('says what to do and keeps nothing', async () => {
    const secrets = noSecrets()
    expect(await secrets.status()).toMatchObject({ backend: 'none', state: 'absent' })
    await expect(secrets.set(name, 'quiet-value')).rejects.toThrow('millrace config set secrets=vault')
    await expect(secrets.get(name)).rejects.toThrow('No place for secrets is chosen')
  })

  test('a name survives being written as text', () => {
    expect(parseSecretName(formatSecretName(name))).toEqual(name)
    expect(parseSecretName('h/b/value')).toBeNull()
  })
})
