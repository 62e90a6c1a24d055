import type { SecretsReport } from '#core/model/reports.ts'
import { formatSecretName, type Secrets } from '#core/model/secrets.ts'

/** The twin of the vault and the keychain: forgets everything when the process ends. */
export const memorySecrets = (): Secrets => {
  const values = new Map<string, string>()
  const status = async (): Promise<SecretsReport> => ({
    backend: 'memory',
    state: 'ready',
    message: 'Secrets are kept in memory until this process ends.',
  })
  return {
    get: async (name) => values.get(formatSecretName(name)) ?? null,
    set: async (name, value) => void values.set(formatSecretName(name), value),
    delete: async (name) => void values.delete(formatSecretName(name)),
    status,
    isOpen: async () => true,
    prepare: status,
  }
}
