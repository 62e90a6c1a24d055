import { expect, test } from 'vitest'
import { changeBetween, sendText, startSync, takeText, type TextChange } from './text-sync.ts'

const changed = (text: string, change: TextChange | null): string =>
  change ? text.slice(0, change.from) + change.insert + text.slice(change.to) : text

test.each([
  ['', 'a'],
  ['abc', 'abc'],
  ['aaa', 'aa'],
  ['one two', 'one big two'],
  ['abab', 'ab'],
])('the change from “%s” to “%s” makes the one into the other', (before, after) => {
  expect(changed(before, changeBetween(before, after))).toBe(after)
})

test('a change from elsewhere is taken in', () => {
  const { change, sync } = takeText(startSync('a: 1\nb: 2\n'), 'a: 1\nb: 2\n', 'a: 1\nb: 3\n')
  expect(change).toEqual({ from: 8, to: 9, insert: '3' })
  expect(sync).toEqual({ base: 'a: 1\nb: 3\n', sent: [] })
})

test('the answer to what was sent changes nothing, also when more was typed since', () => {
  const sent = sendText(sendText(startSync('a'), 'ab'), 'abc')
  const first = takeText(sent, 'abcd', 'ab')
  expect(first).toEqual({ sync: { base: 'ab', sent: ['abc'] }, change: null })
  expect(takeText(first.sync, 'abcd', 'abc')).toEqual({ sync: { base: 'abc', sent: [] }, change: null })
})

test('what was typed and not sent stays beside a change from elsewhere', () => {
  const { change } = takeText(startSync('a: 1\nb: 2\n'), 'a: 100\nb: 2\n', 'a: 1\nb: 3\n')
  expect(changed('a: 100\nb: 2\n', change)).toBe('a: 100\nb: 3\n')
  const above = takeText(startSync('a: 1\nb: 2\n'), 'a: 1\nb: 200\n', '# x\na: 1\nb: 2\n')
  expect(changed('a: 1\nb: 200\n', above.change)).toBe('# x\na: 1\nb: 200\n')
})

test('where both changed the same words, those of the person who types stay', () => {
  expect(takeText(startSync('a: 1\n'), 'a: 12\n', 'a: 3\n').change).toBeNull()
})
