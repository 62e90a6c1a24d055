import type { SecretsRemedy, SecretsReport } from '#core/model/reports.ts'

/** What a place for secrets is called. */
const placeWord = ({ backend }: SecretsReport): string => (backend === 'vault' ? 'vault' : 'keychain')

/** Nobody has chosen a place, and the usual one is not here. */
const hasNoKeychain = ({ state, remedies }: SecretsReport): boolean =>
  state === 'no-service' || (state === 'absent' && remedies?.includes('use-keychain') === false)

/** What is so, in a few words. */
export const titleOfSecrets = (report: SecretsReport): string => {
  if (hasNoKeychain(report)) return 'No keychain answers on this machine'
  if (report.moving) return 'Secrets are in two places'
  const place = placeWord(report)
  switch (report.state) {
    case 'ready':
      return `The ${place} is ready`
    case 'locked':
      return report.isNew ? 'The vault has no passphrase yet' : `The ${place} is locked`
    case 'absent':
      return 'There is no place for secrets yet'
    case 'damaged':
      return 'The vault is damaged'
    case 'wrong-passphrase':
      return 'The passphrase was wrong'
    case 'no-service':
      return 'No keychain answers on this machine'
    case 'denied':
      return 'The keychain refused'
    case 'timed-out':
      return 'The keychain does not answer'
    case 'not-installed':
      return 'The part that talks to the keychain is missing'
    default:
      return report.state satisfies never
  }
}

const keepInVault = 'Keep secrets in a vault instead: a file encrypted with a passphrase that you choose.'

/** What the system said, from the end of a message. */
const saidBySystem = (message: string): string => / \(It said: .*\)$/s.exec(message)?.[0] ?? ''

/** What is so and what to do, for somebody who has the buttons below it; the engine's own words are for a terminal too. */
export const textOfSecrets = (report: SecretsReport): string => {
  if (report.moving) return 'A move of secrets was cut off. None is lost: finish it, and all are in one place again.'
  if (hasNoKeychain(report))
    return `So it is on servers, in WSL and over SSH. ${keepInVault} With a keychain started (gnome-keyring or KWallet in a D-Bus session) try again.${saidBySystem(report.message)}`
  switch (report.state) {
    case 'locked':
      if (report.backend !== 'vault') return report.message
      return report.isNew ? 'Choose one; without it nobody reads the secrets again.' : 'Its passphrase opens it.'
    case 'absent':
      return 'Keep them in the keychain of your system, or in a vault: a file encrypted with a passphrase that you choose.'
    case 'denied':
      return `Nothing is lost. Allow Millrace to use it when it asks, or keep secrets in a vault instead.${saidBySystem(report.message)}`
    case 'not-installed':
      return `${keepInVault} On Linux it needs libsecret (the package libsecret-1-0).${saidBySystem(report.message)}`
    default:
      return report.message
  }
}

/** On the button that does it. */
export const remedyWords: Readonly<Record<SecretsRemedy, string>> = {
  unlock: 'Unlock…',
  retry: 'Try again',
  'use-vault': 'Keep secrets in a vault',
  'use-keychain': 'Keep secrets in the keychain',
  'finish-move': 'Finish the move',
}

/** Where nothing is offered, asking again is what is left. */
export const remediesOf = ({ state, remedies }: SecretsReport): readonly SecretsRemedy[] => {
  if (remedies && remedies.length > 0) return remedies
  return state === 'ready' ? [] : state === 'locked' || state === 'wrong-passphrase' ? ['unlock'] : ['retry']
}
