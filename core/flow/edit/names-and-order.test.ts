import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { Refused } from '#core/model/failure.ts'
import { editOperation, type EditOperation } from '#core/model/flow-edit.ts'
import { applyEdit } from './apply-edit.ts'

const edit = (text: string, operation: EditOperation): string => {
  const edited = applyEdit(text, editOperation.parse(JSON.parse(JSON.stringify(operation))))
  expect(applyEdit(edited.text, edited.inverse).text).toBe(text)
  return edited.text
}

const codeOf = (text: string, operation: EditOperation): string => {
  try {
    return applyEdit(text, operation).text
  } catch (error) {
    return error instanceof Refused ? error.failure.code : 'bug'
  }
}

const parameters = `parameters:
  color: { type: string } # one
  # how many
  months:
    type: array
  lake: { type: block }
name: x
`

test('a key moves with its comments, and the rest stays where it is', () => {
  expect(edit(parameters, { kind: 'move-key', path: ['parameters'], key: 'months', before: 'color' })).toBe(`parameters:
  # how many
  months:
    type: array
  color: { type: string } # one
  lake: { type: block }
name: x
`)
  expect(edit('{ a: 1, b: 2, c: 3 }', { kind: 'move-key', path: [], key: 'a' })).toBe('{ b: 2, c: 3, a: 1 }')
  expect(edit(parameters, { kind: 'move-key', path: ['parameters'], key: 'color', before: 'months' })).toBe(parameters)
})

test('a key that shares its value with those it passes keeps the value', () => {
  const text = 'a: &x 1\nb: *x\nc: 2\n'
  const moved = edit(text, { kind: 'move-key', path: [], key: 'b', before: 'a' })
  expect(Object.entries(parse(moved) as object)).toEqual([
    ['b', 1],
    ['a', 1],
    ['c', 2],
  ])
})

test('an unknown key is not moved, nor before one', () => {
  expect(codeOf(parameters, { kind: 'move-key', path: ['parameters'], key: 'gone' })).toBe('not-found')
  expect(codeOf(parameters, { kind: 'move-key', path: ['parameters'], key: 'lake', before: 'gone' })).toBe('not-found')
})

const flow = `parameters:
  color: { type: string } # which
variables: { folder: "data/{{ color }}" }
tasks:
  color:
    type: log.message
    for_each: "{{ color | split: ',' }}"
    when: color == "color" and tasks.color.n > 0
    with: { message: "color {{ tasks.color.rows }} {{ 'color' }} {{ x | color: color, color: color }}" }
    note: "{{ color }}"
`

test('a parameter is renamed wherever an expression reads it, and nowhere else', () => {
  expect(edit(flow, { kind: 'rename-name', section: 'parameters', name: 'color', to: 'paint' })).toBe(`parameters:
  paint: { type: string } # which
variables: { folder: "data/{{ paint }}" }
tasks:
  color:
    type: log.message
    for_each: "{{ paint | split: ',' }}"
    when: paint == "color" and tasks.color.n > 0
    with: { message: "color {{ tasks.color.rows }} {{ 'color' }} {{ x | color: paint, color: paint }}" }
    note: "{{ color }}"
`)
})

test('a name that is taken, or not there, is refused', () => {
  expect(codeOf(flow, { kind: 'rename-name', section: 'parameters', name: 'gone', to: 'x' })).toBe('not-found')
  expect(codeOf('variables: { a: 1, b: 2 }', { kind: 'rename-name', section: 'variables', name: 'a', to: 'b' })).toBe(
    'conflict',
  )
})
