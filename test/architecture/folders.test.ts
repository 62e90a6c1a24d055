import { globSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { root } from '#test/run/step.ts'

const Definition = z.object({ type: z.string(), examples: z.array(z.unknown()).min(1) })

const foldersIn = (parent: string): string[] =>
  readdirSync(join(root, parent), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => `${parent}/${entry.name}`)

const folders = [...foldersIn('core/tasks'), ...foldersIn('core/blocks')]

test.each(folders)('%s holds one definition, named after its type, with an example', async (folder) => {
  const exported: unknown = await import(join(root, folder, 'index.ts'))
  const definitions = Object.values(z.record(z.string(), z.unknown()).parse(exported))
    .map((value) => Definition.safeParse(value))
    .filter((parsed) => parsed.success)
  expect(definitions.map(({ data }) => data.type.replaceAll('.', '-'))).toEqual([folder.split('/').at(-1)])
})

test.each(folders)('%s has a test', (folder) => {
  expect(globSync(`${folder}/**/*.test.ts`, { cwd: root })).not.toEqual([])
})
