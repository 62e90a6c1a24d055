import { Refused } from '#core/model/failure.ts'

export const vaultLocked = () =>
  new Refused({
    code: 'unavailable',
    retryable: true,
    message:
      'The secrets vault is locked. Give its passphrase: set MILLRACE_VAULT_PASSPHRASE, or run the command in a terminal to be asked for it.',
  })

export const wrongPassphrase = () =>
  new Refused({
    code: 'denied',
    message:
      'The passphrase does not open the secrets vault. Nothing in it was changed; give the one it was made with.',
  })

export const vaultDamaged = (path: string) =>
  new Refused({
    code: 'data',
    message: `The secrets vault ${path} is damaged: it was changed or cut short. Put back a copy of it, or move it away and set the secrets again.`,
  })

export const vaultUnreadable = (path: string, cause: unknown) =>
  new Refused(
    { code: 'data', message: `The secrets vault ${path} cannot be read (${reasonOf(cause)}). Check who may read it.` },
    { cause },
  )

export const vaultUnwritable = (path: string, cause: unknown) =>
  new Refused(
    {
      code: 'unavailable',
      retryable: true,
      message: `The secrets vault ${path} could not be written (${reasonOf(cause)}). What it held before still stands.`,
    },
    { cause },
  )

const reasonOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))
