import { expect, test } from 'vitest'
import { completeExpression, completeText, expressionAt } from './completion.ts'

const names = [
  { name: 'color', hint: 'parameter' },
  { name: 'months', hint: 'parameter' },
  { name: 'tasks.fetch.path', hint: 'File' },
]

/** The text with a | for the cursor. */
const complete = (marked: string) => {
  const cursor = marked.indexOf('|')
  const text = marked.replace('|', '')
  const found = completeExpression(text, cursor, names)
  const [first] = found?.options ?? []
  return found && first ? text.slice(0, found.from) + first.insert + text.slice(found.to) : null
}

test('braces that are opened offer every name, and are closed by the choice', () => {
  expect(complete('data/{{|')).toBe('data/{{ color }}')
  expect(complete('data/{{ mo|/x')).toBe('data/{{ months }}/x')
})

test('within closed braces only the name is replaced', () => {
  expect(complete('{{ co|x }}/{{ months }}')).toBe('{{ color }}/{{ months }}')
  expect(complete('{{ tasks.fe| | default: 1 }}')).toBe('{{ tasks.fetch.path | default: 1 }}')
})

test('a name is found by any part of it', () => {
  expect(complete('{{ fetch|')).toBe('{{ tasks.fetch.path }}')
})

test('nothing is offered outside of braces, for a filter, or when the name is written out', () => {
  expect(complete('co|')).toBeNull()
  expect(complete('{{ color }} co|')).toBeNull()
  expect(complete('{{ tasks.fetch.path|')).toBeNull()
  expect(expressionAt('{{ x | up', 9)).toBeNull()
})

test('columns are offered as whole texts until one is written out', () => {
  expect(completeText('fa', ['fare', 'tip'])?.options.map(({ label }) => label)).toEqual(['fare'])
  expect(completeText('fare', ['fare', 'tip'])).toBeNull()
})
