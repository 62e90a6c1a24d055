import { jsonOption, wholeNumber, type Group, type JsonOption } from './group.ts'

export const addLimits = ({ verb }: Group): void => {
  verb({
    usage: 'create <tag> <limit>',
    summary: 'set how many task runs with a tag run at once',
    action: async ({ client, terminal, args: [tag = '', limit = ''] }) =>
      (await import('../commands/concurrency-limit.ts')).createLimit(client, terminal, tag, limit),
  })
  verb<JsonOption>({
    usage: 'ls',
    summary: 'list the limits',
    options: jsonOption,
    action: async ({ client, terminal, options }) =>
      (await import('../commands/concurrency-limit.ts')).listLimits(client, terminal, options.json ?? false),
  })
  verb({
    usage: 'inspect <tag>',
    summary: 'show who holds a slot and who waits',
    action: async ({ client, terminal, args: [tag = ''] }) =>
      (await import('../commands/concurrency-limit.ts')).inspectLimit(client, terminal, tag),
  })
  verb({
    usage: 'delete <tag>',
    summary: 'take a limit away',
    action: async ({ client, terminal, args: [tag = ''] }) =>
      (await import('../commands/concurrency-limit.ts')).deleteLimit(client, terminal, tag),
  })
}

export const addConfig = ({ verb }: Group): void => {
  verb<JsonOption>({
    usage: 'view',
    summary: 'show the settings in force and where they come from',
    options: jsonOption,
    action: async ({ client, terminal, options }) =>
      (await import('../commands/config.ts')).viewConfig(client, terminal, options.json ?? false),
  })
  verb({
    usage: 'set <key=value...>',
    summary: 'change settings, for example secrets=vault',
    action: async ({ client, terminal, args }) =>
      (await import('../commands/config.ts')).setConfig(client, terminal, args),
  })
  verb({
    usage: 'unset <key...>',
    summary: 'go back to the default',
    action: async ({ client, terminal, args }) =>
      (await import('../commands/config.ts')).unsetConfig(client, terminal, args),
  })
}

export const addSecrets = ({ verb }: Group): void => {
  verb<JsonOption>({
    usage: 'status',
    summary: 'say where secrets are kept and whether they can be read',
    options: jsonOption,
    usesSecrets: () => 'chosen-if-given',
    action: async ({ client, terminal, options }) =>
      (await import('../commands/secrets.ts')).secretsStatus(client, terminal, options.json ?? false),
  })
  verb<JsonOption>({
    usage: 'move <place>',
    summary: 'take all secrets to the keychain or to the vault, and keep them there from now on',
    options: jsonOption,
    usesSecrets: ([place]) => (place === 'vault' ? 'vault' : 'vault-if-any'),
    action: async ({ client, terminal, args: [place = ''], options }) =>
      (await import('../commands/secrets.ts')).moveSecrets(client, terminal, { place, json: options.json ?? false }),
  })
  verb<{ readonly newPassphraseFd?: number }>({
    usage: 'rotate',
    summary: 'give the vault a new passphrase',
    options: (command) =>
      command.option('--new-passphrase-fd <n>', 'read the new passphrase from this file descriptor', wholeNumber),
    usesSecrets: () => 'vault-if-any',
    action: async ({ client, terminal, options }) =>
      (await import('../commands/secrets.ts')).rotateVault(client, terminal, options.newPassphraseFd ?? null),
  })
}
