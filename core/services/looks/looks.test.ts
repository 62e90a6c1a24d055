import { expect, test } from 'vitest'
import { folderContent } from './folder-content.ts'
import { withinBounds } from './within-bounds.ts'

async function* objects(...names: readonly string[]) {
  for (const name of names) yield await Promise.resolve({ name, bytes: 10, modifiedAt: null })
}

test('a folder shows what lies directly in it, and how much lies below each folder in it', async () => {
  const names = ['data/', 'data/a.csv', 'data/green/', 'data/green/2020/1.csv', 'data/green/2.csv', 'data/z.csv']
  expect(await folderContent(objects(...names), 'data/')).toEqual({
    folder: 'data/',
    folders: [{ name: 'data/green/', objects: 2, bytes: 30 }],
    objects: [
      { name: 'data/a.csv', bytes: 10, modifiedAt: null },
      { name: 'data/z.csv', bytes: 10, modifiedAt: null },
    ],
    more: false,
  })
})

test('beyond so many objects a folder says that there is more', async () => {
  expect(await folderContent(objects('a', 'b', 'c'), '', 2)).toMatchObject({ objects: [{}, {}], more: true })
  expect(await folderContent(objects('a', 'b'), '', 2)).toMatchObject({ more: false })
})

test('an answer holds no more rows than asked for, no endless values, and stays small', () => {
  const rows = [{ n: 1 }, { n: 2 }, { n: 3 }]
  expect(withinBounds(rows, 2)).toEqual({ rows: rows.slice(0, 2), more: true })
  expect(withinBounds(rows, 3)).toEqual({ rows, more: false })
  const [long] = withinBounds([{ text: 'x'.repeat(20_000) }], 1).rows
  expect(long?.['text']).toMatch(/^x{10000} … \(20000 characters\)$/)
  const wide = Array.from({ length: 1000 }, () => ({ text: 'x'.repeat(9_000) }))
  const shown = withinBounds(wide, 1000)
  expect([shown.rows.length < 500, shown.more]).toEqual([true, true])
})
