import type { SecretsPlace, SecretsReport } from '#core/model/reports.ts'
import type { Secrets } from '#core/model/secrets.ts'
import type { ConfigService } from '../config.ts'

export type Lockable = Secrets & {
  unlock(passphrase: string): Promise<void>
  rotate(passphrase: string): Promise<void>
}

export type Keychain = Secrets & { unlock(): Promise<SecretsReport> }

export type SecretsPlaces = {
  readonly config: Pick<ConfigService, 'value' | 'source'>
  readonly vault: Lockable
  readonly keychain: Keychain
  readonly none: Secrets
}

/** The place that the setting `secrets` names, as one port. */
export const chosenSecrets = (places: SecretsPlaces): Secrets => {
  const chosen = (): Secrets => places[chosenPlace(places)]
  return {
    get: (name) => chosen().get(name),
    set: (name, value) => chosen().set(name, value),
    delete: (name) => chosen().delete(name),
    status: async () => asShown(places, await chosen().status()),
    isOpen: () => chosen().isOpen(),
    prepare: async () => asShown(places, await chosen().prepare()),
  }
}

export const chosenPlace = ({ config }: Pick<SecretsPlaces, 'config'>): SecretsPlace => {
  const place = config.value('secrets')
  return place === 'vault' || place === 'keychain' ? place : 'none'
}

/** Where nobody has chosen and there is no keychain, there is no place yet, and the vault is offered. */
const asShown = ({ config }: SecretsPlaces, report: SecretsReport): SecretsReport => {
  const isMissing = report.state === 'no-service' || report.state === 'not-installed'
  if (report.backend !== 'keychain' || !isMissing || config.source('secrets') !== 'default') return report
  const message = `No place for secrets is chosen. ${report.message}`
  return { backend: 'none', state: 'absent', message, remedies: report.remedies ?? [] }
}
