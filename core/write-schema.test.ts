import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { schemaFile, schemaText } from './write-schema.ts'

test('the JSON Schema in resources is that of the task types there are; if not, run npm run schema', () => {
  expect(readFileSync(schemaFile, 'utf8')).toBe(schemaText())
})
