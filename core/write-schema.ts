import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { catalogue } from './catalogue.ts'
import { flowJsonSchema } from './flow/flow-json-schema.ts'
import { resources } from './places.ts'

/** The JSON Schema by which any editor completes and checks flow documents; a test holds the file up to date. */
export const schemaFile = path.join(resources, 'schema/flow.schema.json')
export const schemaText = (): string => `${JSON.stringify(flowJsonSchema(catalogue), null, 2)}\n`

if (process.argv[1] === import.meta.filename) {
  mkdirSync(path.dirname(schemaFile), { recursive: true })
  writeFileSync(schemaFile, schemaText())
}
