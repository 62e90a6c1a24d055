import { Refused, type FailureCode } from '#core/model/failure.ts'
import type { SecretsRemedy, SecretsReport, SecretsState } from '#core/model/reports.ts'

export type KeychainState = Extract<SecretsState, 'locked' | 'no-service' | 'denied' | 'timed-out' | 'not-installed'>

/** Why the keychain cannot be used now, as the system says it. */
export type KeychainFault = { readonly state: KeychainState; readonly reason: string }

/** Words of libsecret and D-Bus, of macOS and of Windows. */
const words: readonly (readonly [KeychainState, RegExp])[] = [
  ['locked', /locked collection|is locked|does not exist at path.*collection\/\w+[”"']|interaction is not allowed/i],
  ['denied', /AccessDenied|access is denied|denied|not permitted|canceled|cancelled|dismissed|AppArmor/i],
]

/** What cannot be told is taken for a service that does not work: the reason is shown with it. */
export const faultOf = (reason: string): KeychainFault => ({
  state: words.find(([, pattern]) => pattern.test(reason))?.[0] ?? 'no-service',
  reason,
})

const names: Partial<Record<NodeJS.Platform, string>> = {
  darwin: 'the macOS keychain',
  win32: 'the Windows credential store',
}
const keychainName = names[process.platform] ?? 'the keychain of your session (Secret Service)'

const useVault = 'keep secrets in an encrypted file instead: millrace config set secrets=vault'

const unlockIt: Partial<Record<NodeJS.Platform, string>> = {
  darwin: 'Unlock it (security unlock-keychain, or Keychain Access)',
  linux: 'Unlock it by answering the prompt of your desktop; without a desktop: gnome-keyring-daemon --unlock',
}

const whatToDo: Readonly<Record<KeychainState, string>> = {
  locked: `is locked. Nothing is lost. ${unlockIt[process.platform] ?? 'Sign in to unlock it'}. Then try again; no restart is needed.`,
  'no-service': `does not answer here, as on servers, in WSL and over SSH. Start one (on Linux gnome-keyring or KWallet, in a D-Bus session), or ${useVault}`,
  denied: `refused. Nothing is lost. Allow Millrace to use it when it asks, then try again; or ${useVault}`,
  'timed-out': `gave no answer in time, mostly since a prompt to unlock it waits for somebody. Nothing is lost. Answer the prompt when it opens, then try again; no restart is needed.`,
  'not-installed': `cannot be reached: the part of Millrace that talks to it is not installed. On Linux install libsecret (apt-get install libsecret-1-dev), then build it in the folder of Millrace (npm rebuild keytar --ignore-scripts=false); or ${useVault}`,
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

const messageOf = ({ state, reason }: KeychainFault): string =>
  `${capital(keychainName)} ${whatToDo[state]}${reason === '' ? '' : ` (It said: ${reason}.)`}`

const remedies: Readonly<Record<KeychainState, readonly SecretsRemedy[]>> = {
  locked: ['unlock', 'use-vault'],
  'no-service': ['use-vault', 'retry'],
  denied: ['unlock', 'use-vault'],
  'timed-out': ['unlock', 'use-vault'],
  'not-installed': ['use-vault'],
}

const codes: Readonly<Record<KeychainState, FailureCode>> = {
  locked: 'unavailable',
  'no-service': 'unavailable',
  denied: 'denied',
  'timed-out': 'timed-out',
  'not-installed': 'unavailable',
}

export const reportOfFault = (fault: KeychainFault): SecretsReport => ({
  backend: 'keychain',
  state: fault.state,
  message: messageOf(fault),
  remedies: remedies[fault.state],
})

export const refusalOfFault = (fault: KeychainFault): Refused =>
  new Refused({
    code: codes[fault.state],
    message: messageOf(fault),
    retryable: fault.state === 'locked' || fault.state === 'timed-out',
  })

export const readyReport: SecretsReport = {
  backend: 'keychain',
  state: 'ready',
  message: `Secrets are kept in ${keychainName}.`,
}

/** While something else waits for the keychain, mostly for a prompt, and nobody knows yet how that ends. */
export const waitingReport: SecretsReport = {
  backend: 'keychain',
  state: 'locked',
  message: `${capital(keychainName)} has not answered yet: a prompt to unlock it may be open. Answer it, and what waits goes on.`,
  remedies: ['retry', 'use-vault'],
}

export const notOurs = (account: string): Refused =>
  new Refused({
    code: 'data',
    message: `The item “Millrace/${account}” in ${keychainName} was changed by another program, so it is not used. Set the secret again.`,
  })

export const holdsNul = (): Refused =>
  new Refused({
    code: 'invalid',
    message: 'The value holds a NUL character, where every keychain would cut it off. Was it the right file?',
  })
