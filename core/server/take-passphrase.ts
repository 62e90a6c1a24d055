export const passphraseVariable = 'MILLRACE_VAULT_PASSPHRASE'

/** Takes the passphrase out of an environment, so that no child process is started with it. To be called first of all. */
export const takePassphrase = (environment: NodeJS.ProcessEnv): string | null => {
  const passphrase = environment[passphraseVariable]
  delete environment[passphraseVariable]
  return passphrase || null
}
