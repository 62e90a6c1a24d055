import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { filesFor } from './files.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'millrace-files-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const at = (name: string): string => path.join(folder, name)
const asked: string[] = []

/** A person who chooses this file, or none. */
const chooses = (file: string | null) =>
  filesFor({
    open: (kind) => {
      asked.push(kind)
      return Promise.resolve(file)
    },
    save: (name) => {
      asked.push(name)
      return Promise.resolve(file)
    },
  })

test('a flow that was chosen comes with its name, its place and its text', async () => {
  writeFileSync(at('hello.yaml'), 'millrace: 1\n')
  expect(await chooses(at('hello.yaml')).openFlow()).toEqual({
    name: 'hello.yaml',
    path: at('hello.yaml'),
    text: 'millrace: 1\n',
  })
  await expect(chooses(at('missing.yaml')).openFlow()).rejects.toThrow(/ENOENT/)
})

test('an input is not read, only named and measured', async () => {
  writeFileSync(at('rides.csv'), 'a,b\n1,2\n')
  expect(await chooses(at('rides.csv')).chooseInput()).toEqual({ name: 'rides.csv', path: at('rides.csv'), bytes: 8 })
})

test('a folder is asked for as one, and only named', async () => {
  asked.length = 0
  expect(await chooses(folder).chooseFolder()).toBe(folder)
  expect(asked).toEqual(['folder'])
})

test('a text is saved where the person says; a name of the page never becomes a place', async () => {
  asked.length = 0
  expect(await chooses(at('saved.yaml')).save('../../etc/flow.yaml', 'text')).toBe(true)
  expect(asked).toEqual(['flow.yaml'])
  expect(readFileSync(at('saved.yaml'), 'utf8')).toBe('text')
})

test('a result is copied', async () => {
  writeFileSync(at('result.parquet'), 'PAR1')
  expect(await chooses(at('copy.parquet')).saveCopy(at('result.parquet'))).toBe(true)
  expect(readFileSync(at('copy.parquet'), 'utf8')).toBe('PAR1')
})

test('nothing happens when nothing is chosen', async () => {
  const nobody = chooses(null)
  expect(await nobody.openFlow()).toBeNull()
  expect(await nobody.chooseInput()).toBeNull()
  expect(await nobody.chooseFolder()).toBeNull()
  expect(await nobody.save('a.yaml', 'text')).toBe(false)
  expect(await nobody.saveCopy(at('result.parquet'))).toBe(false)
})
