export const passphraseVariable = 'MILLRACE_VAULT_PASSPHRASE'

/** For `millrace secrets rotate`. */
export const newPassphraseVariable = 'MILLRACE_VAULT_NEW_PASSPHRASE'

/** Takes the passphrase out of an environment, so that no child process is started with it. To be called first of all. */
export const takePassphrase = (environment: NodeJS.ProcessEnv, variable = passphraseVariable): string | null => {
  const passphrase = environment[variable]
  delete environment[variable]
  return passphrase || null
}
