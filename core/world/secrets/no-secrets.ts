import { Refused } from '#core/model/failure.ts'
import type { SecretsReport } from '#core/model/reports.ts'
import type { Secrets } from '#core/model/secrets.ts'

const message =
  'No place for secrets is chosen, so none can be kept or read. Choose the keychain of your system (millrace config set secrets=keychain) or a file encrypted with a passphrase (millrace config set secrets=vault).'

const refuse = async (): Promise<never> => {
  throw new Refused({ code: 'unavailable', message })
}

const status = async (): Promise<SecretsReport> => ({
  backend: 'none',
  state: 'absent',
  message,
  remedies: ['use-keychain', 'use-vault'],
})

/** Stands where no place for secrets was chosen: nothing is ever kept in plain text instead. */
export const noSecrets = (): Secrets => ({
  get: refuse,
  set: refuse,
  delete: refuse,
  status,
  isOpen: async () => false,
  prepare: status,
})
