import type { Secrets } from '#core/model/secrets.ts'
import { Refused } from '#core/model/failure.ts'
import type { ConfigService } from './config.ts'
import type { SecretsService } from './services.ts'

type Lockable = Secrets & { unlock(passphrase: string): Promise<void> }

export type SecretsWorld = {
  readonly config: Pick<ConfigService, 'value'>
  readonly vault: Lockable
  readonly none: Secrets
}

/** The place that the setting `secrets` names, as one port, and what people ask of it. */
export const createSecrets = ({ config, vault, none }: SecretsWorld): { secrets: Secrets; service: SecretsService } => {
  const chosen = (): Secrets => (config.value('secrets') === 'vault' ? vault : none)
  const secrets: Secrets = {
    get: (name) => chosen().get(name),
    set: (name, value) => chosen().set(name, value),
    delete: (name) => chosen().delete(name),
    status: () => chosen().status(),
  }
  const service: SecretsService = {
    status: () => chosen().status(),
    unlock: async (passphrase) => {
      if (config.value('secrets') !== 'vault') {
        throw new Refused({
          code: 'invalid',
          message: 'Secrets are not kept in a vault here. Choose it first: millrace config set secrets=vault',
        })
      }
      await vault.unlock(passphrase)
    },
  }
  return { secrets, service }
}
