import { expect, test } from 'vitest'
import { entriesOf, hasPreview, wayTo } from './entries.ts'

test('a folder lists its folders, then its objects, each by name and number', () => {
  const object = (name: string) => ({ name, bytes: 1, modifiedAt: 5 })
  const entries = entriesOf({
    folder: 'data/',
    location: 'file:///lake',
    folders: [{ name: 'data/yellow/', objects: 2, bytes: 20 }],
    objects: [object('data/part-10.csv'), object('data/part-2.csv')],
    more: false,
  })
  expect(entries.map(({ kind, title, objects }) => [kind, title, objects])).toEqual([
    ['folder', 'yellow', 2],
    ['object', 'part-2.csv', null],
    ['object', 'part-10.csv', null],
  ])
})

test('a preview is offered for tables, also packed ones', () => {
  const names = ['a.csv', 'b.CSV.gz', 'c.parquet', 'd.ndjson.zst', 'e.png', 'csv', 'f.csv.zip']
  expect(names.filter(hasPreview)).toEqual(['a.csv', 'b.CSV.gz', 'c.parquet', 'd.ndjson.zst'])
})

test('the way to a folder names each folder on it', () => {
  expect(wayTo('')).toEqual([])
  expect(wayTo('data/green/')).toEqual([
    { title: 'data', folder: 'data/' },
    { title: 'green', folder: 'data/green/' },
  ])
})
