import { expect, test } from 'vitest'
import { pathFrom } from './path-from.ts'

test.each([
  ['/work/flows/a.yaml', '/work/flows/data/b.csv', '/home/me/.millrace', 'data/b.csv'],
  ['/work/flows/a.yaml', '/work/data/b.csv', '/home/me/.millrace', '/work/data/b.csv'],
  ['/home/m/flows/a.yaml', '/home/m/uploads/1f/b.csv', '/home/m', '../uploads/1f/b.csv'],
  ['/home/m/flows/a.yaml', '/home/other/b.csv', '/home/m', '/home/other/b.csv'],
  ['/work/a.yaml', '/home/m/uploads/1f/b.csv', '/home/m', '/home/m/uploads/1f/b.csv'],
  ['C:\\work\\a.yaml', 'C:\\work\\data\\b.csv', 'C:\\home', 'data/b.csv'],
  ['', '/data/b.csv', '/home/m', '/data/b.csv'],
])('in %s the file %s (home %s) is %s', (flow, file, home, written) => {
  expect(pathFrom(flow, file, home)).toBe(written)
})
