import { InvalidArgumentError, Option, type Command } from 'commander'
import type { Session } from '../session.ts'
import type { ExitCode, Terminal } from '../terminal.ts'

/** What a verb is called with. Its work is imported only then, so that starting costs nothing for the others. */
export type Call<Options> = {
  readonly client: Session['client']
  readonly terminal: Terminal
  readonly args: readonly string[]
  readonly options: Options
}

/**
 * When the vault's passphrase is needed: where it is the place chosen; the same, but nobody is asked for it; always; unless
 * there is no vault yet.
 */
export type SecretsUse = 'chosen' | 'chosen-if-given' | 'vault' | 'vault-if-any'
type UsesSecrets = boolean | ((args: readonly string[]) => SecretsUse)

export const secretsUseOf = (uses: UsesSecrets, args: readonly string[]): SecretsUse | null => {
  if (typeof uses === 'function') return uses(args)
  return uses ? 'chosen' : null
}

export type Verb<Options extends object> = {
  /** With its arguments, for example `inspect <flow>`. */
  readonly usage: string
  readonly summary: string
  readonly options?: (command: Command) => Command
  /** It may read or set secrets, so the vault's passphrase is asked for. `true`: where the vault is the place. */
  readonly usesSecrets?: UsesSecrets
  readonly action: (call: Call<Options>) => Promise<ExitCode>
}

/** Adds verbs to `millrace GROUP`. */
export type Group = { verb<Options extends object>(verb: Verb<Options>): void }

export type JsonOption = { readonly json?: boolean }

export const jsonOption = (command: Command): Command => command.option('--json', 'print one JSON object a line')

const collect = (value: string, before: readonly string[]): string[] => [...before, value]

/** An option that may be given more than once. */
export const repeated = (flags: string, summary: string): Option =>
  new Option(flags, summary).argParser(collect).default([])

export const wholeNumber = (text: string): number => {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It must be a whole number.')
  return Number(text)
}
