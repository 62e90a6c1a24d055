import { readFile, stat } from 'node:fs/promises'
import { text as readAll } from 'node:stream/consumers'
import path from 'node:path'
import type { BlockTypeSummary } from '#core/model/block.ts'
import { didYouMean } from '#core/model/did-you-mean.ts'
import { Refused } from '#core/model/failure.ts'
import { readPassphrase } from '../read-passphrase.ts'

export type BlockOptions = {
  readonly set: readonly string[]
  /** A secret field whose value comes from standard input. */
  readonly stdin: string | null
  /** `field=file`: secret fields whose values come from files. */
  readonly files: readonly string[]
  readonly allowShort: boolean
  readonly json: boolean
}

/** What a block is made of or changed by. */
type Given = { readonly texts: Record<string, string>; readonly secrets: Record<string, string> }

export const readGiven = async (type: BlockTypeSummary | undefined, options: BlockOptions): Promise<Given> => {
  const texts = readSettings(type, options.set)
  return { texts, secrets: await readSecrets(type, options) }
}

/** `--set` never takes a secret: arguments show in process lists and shell histories. */
const readSettings = (type: BlockTypeSummary | undefined, set: readonly string[]): Record<string, string> => {
  const texts: Record<string, string> = {}
  for (const pair of set) {
    const [field, value] = splitPair(pair, '--set')
    if (type && Object.hasOwn(type.secrets, field)) {
      throw new Refused({
        code: 'invalid',
        message: `“${field}” is secret and never an argument. Pipe it in with --stdin ${field}, or give a file: --file ${field}=PATH.`,
      })
    }
    texts[field] = value
  }
  return texts
}

const readSecrets = async (
  type: BlockTypeSummary | undefined,
  { files, stdin }: BlockOptions,
): Promise<Record<string, string>> => {
  const secrets: Record<string, string> = {}
  for (const pair of files) {
    const [field, file] = splitPair(pair, '--file')
    refuseUnknown(type, field)
    secrets[field] = await readSecretFile(field, file)
  }
  if (stdin !== null) {
    if (stdin.includes('=')) {
      throw new Refused({
        code: 'invalid',
        message: '--stdin takes the name of a field only; its value comes from standard input.',
      })
    }
    refuseUnknown(type, stdin)
    secrets[stdin] = await readStandardInput(type?.secrets[stdin]?.title ?? stdin)
  }
  return secrets
}

/** Before anything is read, so that nobody pipes a secret for nothing. An unknown type is refused by the engine. */
const refuseUnknown = (type: BlockTypeSummary | undefined, field: string): void => {
  if (!type || Object.hasOwn(type.secrets, field)) return
  const isSetting = type.fields.some(({ name }) => name === field)
  const message = isSetting
    ? `“${field}” is not secret: give it as a setting, --set ${field}=….`
    : `A ${type.type} block has no secret “${field}”. ${didYouMean(field, Object.keys(type.secrets))}`
  throw new Refused({ code: 'invalid', message })
}

const largestSecret = 1024 ** 2

const readSecretFile = async (field: string, file: string): Promise<string> => {
  const place = path.resolve(process.cwd(), file)
  try {
    if ((await stat(place)).size <= largestSecret) return withoutLineEnd(await readFile(place, 'utf8'))
  } catch (cause) {
    const message = `The file ${file} for “${field}” cannot be read. Is the path right?`
    throw new Refused({ code: 'not-found', message }, { cause })
  }
  throw new Refused({
    code: 'limit',
    message: `The file ${file} for “${field}” is larger than 1 MB: is it the right one?`,
  })
}

/** Where somebody sits at the terminal one line is asked for, unseen. */
const readStandardInput = async (title: string): Promise<string> => {
  const { stdin, stderr } = process
  if (stdin.isTTY && stderr.isTTY) {
    const terminal = { input: stdin, output: stderr }
    const sources = { descriptor: null, environment: null, terminal }
    return (await readPassphrase(sources, { prompt: `${title}: `, twice: false })) ?? ''
  }
  return withoutLineEnd(await readAll(stdin))
}

/** `echo` and most editors end a line that is no part of the secret. */
const withoutLineEnd = (text: string): string => text.replace(/\r?\n$/, '')

const splitPair = (pair: string, option: string): [string, string] => {
  const equals = pair.indexOf('=')
  if (equals < 1) {
    const named = /^[\w-]*$/.test(pair) ? `“${pair}”` : 'What was given'
    throw new Refused({ code: 'invalid', message: `${named} is no setting. Write ${option} field=value.` })
  }
  return [pair.slice(0, equals), pair.slice(equals + 1)]
}
