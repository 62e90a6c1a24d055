import { expect, test } from 'vitest'
import type { Command } from '#renderer/stores/commands.ts'
import { findCommands, fuzzyScore } from './find-commands.ts'

const command = (id: string, title: string, group: Command['group'] = 'View'): Command => ({
  id,
  title,
  group,
  run: () => undefined,
})

const all = [
  command('fit', 'Fit the flow'),
  command('new', 'New flow', 'Flow'),
  command('run', 'Run', 'Run'),
  command('rename', 'Rename the task', 'Edit'),
  command('runs', 'Runs', 'Go'),
]
const ids = (typed: string, recent: readonly string[] = []) => findCommands(all, typed, recent).map(({ id }) => id)

test('letters in order find a command, and words as they stand come first', () => {
  expect(ids('nf')).toEqual(['new'])
  expect(ids('run')[0]).toBe('run')
  expect(ids('rn')).toContain('rename')
  expect(ids('xyz')).toEqual([])
  expect(fuzzyScore('New flow', 'nf')).toBeGreaterThan(fuzzyScore('Confirm', 'nf') ?? 0)
})

test('with nothing typed those used last come first', () => {
  expect(ids('', ['runs', 'fit']).slice(0, 3)).toEqual(['runs', 'fit', 'new'])
})

test('the group finds its commands too', () => {
  expect(ids('edit task')).toEqual(['rename'])
})
