import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { openLocalStorage } from '#core/blocks/local-file-system/client.ts'
import type { Blocks, Files } from '#core/kinds/task-context.ts'
import { containing } from '#test/fixtures/containing.ts'
import { codeFromStorage } from './code-from-storage.ts'

const folder = mkdtempSync(join(tmpdir(), 'millrace-code-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const lake = join(folder, 'lake')
const write = (name: string, text = name) => {
  mkdirSync(join(lake, name, '..'), { recursive: true })
  writeFileSync(join(lake, name), text)
}

const take = (file: string) =>
  codeFromStorage(
    {
      blocks: { storage: () => Promise.resolve(openLocalStorage(lake)) } as unknown as Blocks,
      files: { scratch: join(folder, 'scratch') } as Files,
      signal: new AbortController().signal,
      log: { debug: () => undefined, info: () => undefined, warning: () => undefined, error: () => undefined },
    },
    { from: 'block:local-file-system/lake', file },
  )

test('a script comes with what is beside and below it', async () => {
  for (const name of ['scripts/clean.py', 'scripts/parts/rules.py', 'other/secret.txt']) write(name)
  expect(await take('/scripts/clean.py')).toBe(join(folder, 'scratch/code/clean.py'))
  expect(readFileSync(join(folder, 'scratch/code/parts/rules.py'), 'utf8')).toBe('scripts/parts/rules.py')
  await expect(take('scripts/cleans.py')).rejects.toThrow(/There is no “scripts\/cleans\.py”.*clean\.py/)
})

test('a folder with very many files is not taken along', async () => {
  for (let index = 0; index <= 1000; index += 1) write(`many/${index}.py`, '')
  await expect(take('many/1.py')).rejects.toMatchObject({
    failure: { code: 'limit', message: containing(/more than 1,000 files.*Keep scripts in a folder of their own/) },
  })
})
