import type { z } from 'zod'
import type { JsonValue } from '#core/model/handle.ts'
import { didYouMean } from '#core/model/did-you-mean.ts'
import type { Finding, Path } from './finding.ts'
import { inWords } from './readers.ts'

type Issue = z.core.$ZodIssue

export type SettingIssue = Pick<Finding, 'path' | 'at' | 'code' | 'message' | 'remedy'>

const textual = (path: readonly PropertyKey[]): Path => path.map((step) => (typeof step === 'symbol' ? '' : step))

export const valueAt = (value: JsonValue, path: Path): JsonValue | undefined => {
  let part: JsonValue | undefined = value
  for (const step of path) {
    if (typeof part !== 'object' || part === null || !Object.hasOwn(part, step)) return undefined
    part = (part as Readonly<Record<string | number, JsonValue>>)[step]
  }
  return part
}

/** `columns[2].name` */
export const inDots = (path: Path): string =>
  path.map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`)).join('')

const kinds: Readonly<Record<string, string>> = {
  string: 'text', number: 'a number', int: 'a whole number', boolean: 'true or false', array: 'a list', object: 'a mapping', record: 'a mapping',
} // prettier-ignore

const kindOf = (expected: string) => kinds[expected] ?? expected

/** Of the ways a value could have fitted, the one it came nearest to. */
const nearest = (branches: readonly (readonly Issue[])[]): readonly Issue[] => {
  const depth = (issues: readonly Issue[]) => Math.max(0, ...issues.map(({ path }) => path.length))
  return branches.toSorted((a, b) => depth(b) - depth(a) || a.length - b.length)[0] ?? []
}

const unionKinds = (branches: readonly (readonly Issue[])[]): string | null => {
  if (branches.length === 0) return null
  const expected = branches.map(([issue]) =>
    issue?.code === 'invalid_type' && issue.path.length === 0 ? kindOf(issue.expected) : null,
  )
  return expected.every((kind) => kind !== null) ? [...new Set(expected)].join(' or ') : null
}

type Told = Pick<SettingIssue, 'message' | 'remedy'> & { readonly code?: string }

const tellChoices = (name: string, value: JsonValue, values: readonly unknown[]): Told => {
  const choices = values.map(String)
  return {
    message: `“${name}” takes ${choices.join(', ')}, not ${inWords(value)}.`,
    remedy: () => didYouMean(typeof value === 'string' ? value : '', choices),
  }
}

const tellValue = (issue: Issue, name: string, value: JsonValue): Told => {
  switch (issue.code) {
    case 'invalid_type': {
      const remedy = issue.expected === 'string' ? 'Put it in quotes if text is meant.' : 'Change it.'
      return { message: `“${name}” takes ${kindOf(issue.expected)}, not ${inWords(value)}.`, remedy }
    }
    case 'invalid_value':
      return tellChoices(name, value, issue.values)
    case 'too_small':
      if (issue.origin === 'string' || issue.origin === 'array') {
        return { message: `“${name}” is ${issue.minimum === 1 ? 'empty' : 'too short'}.`, remedy: 'Write more.' }
      }
      return { message: `“${name}” (${inWords(value)}) is too small.`, remedy: `The least is ${issue.minimum}.` }
    case 'too_big':
      return { message: `“${name}” (${inWords(value)}) is too large.`, remedy: `The most is ${issue.maximum}.` }
    case 'invalid_format':
      return { message: `“${name}” (${inWords(value)}) is not written as it should be.`, remedy: `${issue.message}.` }
    case 'invalid_key':
      return {
        message: `“${name}” is no name that fits here.`,
        remedy: issue.issues[0]?.message ?? 'Choose another name.',
      }
    case 'invalid_union': {
      const choices: unknown = Reflect.get(issue, 'options')
      // Of objects that one of their keys tells apart; zod says it and its types do not.
      if (Array.isArray(choices) && choices.length > 0) return tellChoices(name, value, choices)
      const takes = unionKinds(issue.errors)
      return takes === null
        ? { message: `“${name}” does not fit: ${inWords(value)}.`, remedy: 'See what the task type takes.' }
        : { message: `“${name}” takes ${takes}, not ${inWords(value)}.`, remedy: 'Change it.' }
    }
    case 'unrecognized_keys':
    case 'invalid_element':
    case 'not_multiple_of':
    case 'custom':
    default:
      return { message: `“${name}”: ${issue.message}.`.replace(/\.\.$/, '.'), remedy: 'Change it.' }
  }
}

/** What zod found, in the words of this project. `value` is all the settings. */
export const settingIssues = (issues: readonly Issue[], value: JsonValue, prefix: Path = []): readonly SettingIssue[] =>
  issues.flatMap((issue) => {
    const path = [...prefix, ...textual(issue.path)]
    const part = valueAt(value, path)
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => unknownSetting([...path, key], []))
    }
    if (part === undefined) {
      const message = `The setting “${inDots(path)}” is missing.`
      return [{ path, at: 'key' as const, code: 'missing-setting', message, remedy: 'Write it under “with”.' }]
    }
    if (issue.code === 'invalid_union') {
      const best = nearest(issue.errors)
      if (best.some((inner) => inner.path.length > 0)) return settingIssues(best, value, path)
    }
    const at = issue.code === 'invalid_key' ? ('key' as const) : ('value' as const)
    return [{ path, at, code: 'bad-setting', ...tellValue(issue, inDots(path), part) }]
  })

export const unknownSetting = (path: Path, known: readonly string[]): SettingIssue => {
  const key = String(path.at(-1) ?? '')
  return {
    path,
    at: 'key',
    code: 'unknown-setting',
    message: `There is no setting “${inDots(path)}”.`,
    remedy: known.length === 0 ? 'Delete it.' : () => didYouMean(key, known),
  }
}
