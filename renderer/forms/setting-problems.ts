import type { EditPath } from '#core/model/flow-edit.ts'
import type { Problem } from '#core/model/problem.ts'
import type { JsonMap } from './values.ts'

type Field = { readonly name: string; readonly title: string; readonly required: boolean }

const mistake = (path: EditPath, code: string, message: string): Problem => ({
  line: 1,
  column: 1,
  path,
  severity: 'error',
  code,
  message,
  remedy: '',
})

/** What a form lacks before it can be sent. */
export const missingSettings = (fields: readonly Field[], values: JsonMap): readonly Problem[] =>
  fields
    .filter(({ name, required }) => required && values[name] === undefined)
    .map(({ name, title }) => mistake([name], 'missing-setting', `${title} is needed.`))

const opening = /^.*? was not saved\.\s*/s
const named = /^(?:“([^”]+)”|([\w-]+):)/

/**
 * What a refusal says of single fields, to stand beside them, and what it says besides. Each of its lines begins with the
 * field that it is about, or with none.
 */
export const problemsOfRefusal = (
  message: string,
  fields: readonly Field[],
): { readonly problems: readonly Problem[]; readonly rest: string } => {
  const lines = message
    .replace(opening, '')
    .split('\n')
    .map((line) => line.trim())
  const names = new Set(fields.map(({ name }) => name))
  const problems: Problem[] = []
  const rest: string[] = []
  for (const line of lines) {
    const [, quoted, plain] = named.exec(line) ?? []
    const [field = ''] = (quoted ?? plain ?? '').split(/[.[]/)
    if (!names.has(field)) rest.push(line)
    else problems.push(mistake([field], 'refused', line.replace(plain === undefined ? '' : `${plain}: `, '')))
  }
  return { problems, rest: rest.join('\n') }
}
