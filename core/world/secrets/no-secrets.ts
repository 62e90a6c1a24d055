import { Refused } from '#core/model/failure.ts'
import type { Secrets } from '#core/model/secrets.ts'

const message =
  'No place for secrets is chosen, so none can be kept or read. Run `millrace config set secrets=vault` to keep them in a file encrypted with a passphrase.'

const refuse = async (): Promise<never> => {
  throw new Refused({ code: 'unavailable', message })
}

/** Stands where no place for secrets was chosen: nothing is ever kept in plain text instead. */
export const noSecrets = (): Secrets => ({
  get: refuse,
  set: refuse,
  delete: refuse,
  status: async () => ({ backend: 'none', state: 'absent', message }),
})
