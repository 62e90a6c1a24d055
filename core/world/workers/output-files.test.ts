import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createMasker } from '#core/world/masking/masker.ts'
import { outputFiles } from './output-files.ts'

test('files whose names hold a secret get names of their own, the others keep theirs', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-outputs-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const masker = createMasker()
  masker.add('tuna-sandwich')
  masker.add('pickled-onion')
  for (const name of ['plain.csv', 'tuna-sandwich.csv', 'pickled-onion.csv', 'hidden-2.csv', 'a tuna-sandwich b'])
    writeFileSync(join(folder, name), '')
  const files = await outputFiles(folder, masker)
  const names = ['a hidden b', 'hidden-2.csv', 'hidden-3.csv', 'hidden.csv', 'plain.csv']
  expect(files.map(({ name }) => name)).toEqual(names)
  expect(files.filter(({ renamed }) => renamed).map(({ name }) => name)).toEqual([
    'a hidden b',
    'hidden-3.csv',
    'hidden.csv',
  ])
  expect(readdirSync(folder).toSorted()).toEqual(names)
})
