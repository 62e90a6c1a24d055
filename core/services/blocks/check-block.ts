import { didYouMean } from '#core/model/did-you-mean.ts'
import { settingIssues } from '#core/flow/setting-issues.ts'
import type { BlockType } from '#core/kinds/block-type.ts'
import { Refused } from '#core/model/failure.ts'
import { shortestSecret } from '#core/model/secrets.ts'
import { factsOf } from './secret-facts.ts'
import type { Settings } from './stored-block.ts'

const forbidden = /[/%&><#]/
const longestName = 100

/** What is wrong with a name for a block, or null. */
export const problemOfName = (name: string): string | null => {
  if (name.trim() === '') return 'The name of a block cannot be empty.'
  const found = forbidden.exec(name)
  if (found) return `The name “${name}” holds “${found[0]}”. A block’s name has none of / % & > < #.`
  if (name !== name.trim()) return `The name “${name}” begins or ends with a space.`
  if (/\p{Cc}/u.test(name)) return 'The name of a block holds no line breaks or control characters.'
  if (name.length > longestName) return `The name is longer than ${longestName} characters.`
  return null
}

/** Everything that is wrong with settings of a type; none when they are right. */
export const problemsOfSettings = (type: BlockType, settings: Settings): readonly string[] => {
  const known = Object.keys(type.config.shape)
  const unknown = Object.keys(settings).filter((field) => !known.includes(field))
  const { error } = type.config.safeParse(settings)
  const wrong = settingIssues(error?.issues ?? [], settings).map(({ code, path, message, remedy }) => {
    if (code === 'missing-setting') return `${message} Fill it in (--set ${String(path[0])}=…).`
    return `${message} ${typeof remedy === 'string' ? remedy : remedy()}`
  })
  return [...unknown.map((field) => problemOfUnknownField(type, field)), ...wrong]
}

const problemOfUnknownField = (type: BlockType, field: string): string => {
  if (Object.hasOwn(type.secrets, field))
    return `${field} is secret, so it is never a setting: give it as a secret (--stdin ${field}).`
  const known = [...Object.keys(type.config.shape), ...Object.keys(type.secrets)]
  return `${field}: a ${type.type} block has no such field. ${didYouMean(field, known)}`
}

export type SecretValues = Readonly<Record<string, string | null>>

export const problemsOfSecrets = (type: BlockType, secrets: SecretValues, allowShort: boolean): readonly string[] =>
  Object.entries(secrets).flatMap(([field, value]) => {
    if (Object.hasOwn(type.config.shape, field))
      return [`${field} is not secret: give it as a setting (--set ${field}=…).`]
    if (!Object.hasOwn(type.secrets, field)) return [problemOfUnknownField(type, field)]
    if (value === null) return []
    if (value === '') return [`${field}: the value is empty.`]
    if (value.includes('\0')) return [`${field}: the value holds a NUL character, which places for secrets cut off.`]
    if (value.trim().length < shortestSecret && !allowShort) return [problemOfShort(field)]
    return problemsOfValue(type, field, value)
  })

/** That it is another thing than the type takes. */
const problemsOfValue = (type: BlockType, field: string, value: string): readonly string[] => {
  try {
    factsOf(type, field, value)
    return []
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    return [`${field}: ${error.message}`]
  }
}

const problemOfShort = (field: string): string =>
  `${field}: a secret of fewer than ${shortestSecret} characters cannot be masked in logs without blacking out ordinary text. ` +
  'Choose a longer one, or allow it all the same (--allow-short).'

/** All that is wrong, at once. */
export const refuseProblems = (block: string, problems: readonly string[]): void => {
  if (problems.length === 0) return
  const lines = problems.length === 1 ? ` ${problems[0]}` : problems.map((problem) => `\n  ${problem}`).join('')
  throw new Refused({ code: 'invalid', message: `${block} was not saved.${lines}` })
}
