import type { FieldDescription } from '#core/model/field-description.ts'
import type { EditOperation, EditPath } from '#core/model/flow-edit.ts'
import type { JsonValue } from '#core/model/handle.ts'
import { parameterTypes, type ParameterType } from '#core/model/parameter.ts'
import { listOf, mapAt, textAt } from '#renderer/stores/outline.ts'

const parameterField = (
  name: string,
  title: string,
  rest: Partial<FieldDescription> & Pick<FieldDescription, 'widget'>,
): FieldDescription => ({ name, title, required: false, schema: {}, ...rest })

const anyValue = parameterField('', '', { widget: 'json' })
const plainText = parameterField('', '', { widget: 'text' })

export const typeOf = (raw: JsonValue | undefined): ParameterType | null => {
  const written = raw === undefined ? null : textAt(raw, 'type')
  return parameterTypes.find((type) => type === written) ?? null
}

const texts: readonly ParameterType[] = ['string', 'file', 'date', 'datetime', 'duration']
const numbers: readonly ParameterType[] = ['integer', 'number']

/** What may be said of a parameter, and the types of which it may be said. */
const keywordFields: readonly { readonly field: FieldDescription; readonly types: readonly ParameterType[] }[] = [
  { field: parameterField('minimum', 'Least', { widget: 'number' }), types: numbers },
  { field: parameterField('maximum', 'Most', { widget: 'number' }), types: numbers },
  {
    field: parameterField('pattern', 'Pattern', {
      widget: 'text',
      help: 'A regular expression that the text matches.',
    }),
    types: texts,
  },
  { field: parameterField('minLength', 'Shortest', { widget: 'number' }), types: ['string'] },
  { field: parameterField('maxLength', 'Longest', { widget: 'number' }), types: ['string'] },
  { field: parameterField('minItems', 'Fewest items', { widget: 'number' }), types: ['array'] },
  { field: parameterField('maxItems', 'Most items', { widget: 'number' }), types: ['array'] },
]

const itemOf = (type: ParameterType): FieldDescription => (texts.includes(type) ? plainText : anyValue)

const choicesField = (type: ParameterType): readonly FieldDescription[] =>
  texts.includes(type) || numbers.includes(type)
    ? [
        parameterField('enum', 'Choices', {
          widget: 'list',
          item: itemOf(type),
          help: 'The only values it takes. None means any.',
        }),
      ]
    : []

const defaultWidget = (
  type: ParameterType,
  raw: JsonValue,
): Partial<FieldDescription> & Pick<FieldDescription, 'widget'> => {
  const choices = listOf(mapAt(raw)['enum'])
  if (choices.length > 0) return { widget: 'choice', choices }
  switch (type) {
    case 'integer':
    case 'number':
      return { widget: 'number' }
    case 'boolean':
      return { widget: 'choice', choices: [true, false] }
    case 'duration':
      return { widget: 'duration', placeholder: '1h 30m' }
    case 'file':
      return { widget: 'path' }
    case 'block':
      return { widget: 'block', blocks: listOf(mapAt(raw)['types']).filter((one) => typeof one === 'string') }
    case 'array':
      return { widget: 'list', item: anyValue }
    case 'object':
      return { widget: 'json', placeholder: '{}' }
    case 'date':
      return { widget: 'text', placeholder: '2026-03-01' }
    case 'datetime':
      return { widget: 'text', placeholder: '2026-03-01T06:00:00Z' }
    case 'string':
      return { widget: 'text' }
    default:
      return type satisfies never
  }
}

/** What can be set of a parameter of this type, in the order of the form. */
export const fieldsOfParameter = (raw: JsonValue): readonly FieldDescription[] => {
  const type = typeOf(raw) ?? 'string'
  return [
    parameterField('title', 'Title', { widget: 'text', help: 'Its name on forms.' }),
    parameterField('description', 'Description', { widget: 'multiline' }),
    parameterField('default', 'Default', {
      ...defaultWidget(type, raw),
      help: 'Without a default every run must give a value.',
    }),
    ...(type === 'block'
      ? [parameterField('types', 'Block types', { widget: 'list', item: plainText, help: 'None means any.' })]
      : []),
    ...choicesField(type),
    ...keywordFields.filter(({ types }) => types.includes(type)).map(({ field }) => field),
  ]
}

/** Another type; what was said of the former type only, and a default of its kind, go. */
export const changeType = (path: EditPath, raw: JsonValue, type: ParameterType): EditOperation => {
  const kept = new Set(['type', 'title', 'description'])
  for (const { name } of fieldsOfParameter({ type })) if (!['default', 'enum', 'types'].includes(name)) kept.add(name)
  const lost = Object.keys(mapAt(raw)).filter((key) => !kept.has(key))
  return {
    kind: 'batch',
    operations: [
      { kind: 'set', path: [...path, 'type'], value: type },
      ...lost.map((key): EditOperation => ({ kind: 'remove', path: [...path, key] })),
    ],
  }
}
