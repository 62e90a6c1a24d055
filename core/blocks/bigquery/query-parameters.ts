import type { QueryParameters } from '#core/kinds/capabilities.ts'
import { Refused } from '#core/model/failure.ts'
import type { JsonValue } from '#core/model/handle.ts'

type ApiParameter = { readonly name: string; readonly parameterType: object; readonly parameterValue: object }

/** Of the configuration of a query. */
export const parametersIn = (parameters: QueryParameters): object =>
  Object.keys(parameters).length === 0 ? {} : { parameterMode: 'NAMED', queryParameters: apiParameters(parameters) }

/** As the API takes them: everything is text, with its type beside it. Texts become dates and times where these are wanted. */
const apiParameters = (parameters: QueryParameters): readonly ApiParameter[] =>
  Object.entries(parameters).map(([name, value]) => {
    if (!/^[A-Za-z_]\w*$/.test(name))
      throw new Refused({
        code: 'invalid',
        message: `“${name}” is no name of a parameter: letters, digits and underscores, and no digit first.`,
      })
    if (!Array.isArray(value))
      return { name, parameterType: { type: typeOf(name, value) }, parameterValue: { value: textOf(value) } }
    const items: readonly JsonValue[] = value
    return {
      name,
      parameterType: { type: 'ARRAY', arrayType: { type: itemType(name, items) } },
      parameterValue: { arrayValues: items.map((item) => ({ value: textOf(item) })) },
    }
  })

const textOf = (value: JsonValue): string | null =>
  value === null ? null : typeof value === 'string' ? value : JSON.stringify(value)

const typeOf = (name: string, value: JsonValue): string => {
  if (typeof value === 'boolean') return 'BOOL'
  if (typeof value === 'number') return Number.isSafeInteger(value) ? 'INT64' : 'FLOAT64'
  if (typeof value === 'string' || value === null) return 'STRING'
  throw new Refused({
    code: 'invalid',
    message: `The parameter “${name}” holds a list in a list, or a mapping. Give text, a number, true or false, or a list of these.`,
  })
}

const itemType = (name: string, items: readonly JsonValue[]): string => {
  const types = new Set(items.map((item) => typeOf(name, item)))
  if (types.size === 2 && types.has('INT64') && types.has('FLOAT64')) return 'FLOAT64'
  const [only = 'STRING'] = types
  if (types.size < 2) return only
  throw new Refused({
    code: 'invalid',
    message: `The list of the parameter “${name}” holds values of several types. Give one kind.`,
  })
}
