import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { containing } from '#test/fixtures/containing.ts'
import { testSecret } from '#test/fixtures/workers/pool.ts'
import { scriptPool, type ScriptPool } from '#test/fixtures/workers/scripts.ts'
import { scriptNode } from './index.ts'

let pool: ScriptPool
// No Node on its PATH.
beforeAll(() => void (pool = scriptPool('script.node', { PATH: '/no/such/folder' })))
afterAll(() => pool.remove())

const run: ScriptPool['run'] = (...args) => pool.run(...args)

test('it runs without Node on the PATH, gets inputs, arguments and secrets, and gives a file and a value', async () => {
  const script = `
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
const inputs = JSON.parse(await readFile(process.env.MILLRACE_INPUTS, 'utf8'))
const text = await readFile(inputs.files[0].path, 'utf8')
await writeFile(join(process.env.MILLRACE_OUTPUTS, 'out.txt'), text.toUpperCase())
console.log(process.argv.slice(2).join('|'), process.env.LUNCH.length, process.env.LUNCH)
console.log(JSON.stringify({ months: inputs.args[1], text: \`\${{ a: 1 }.a}\` }))
`
  const { outputs, messages } = await run(
    { script, args: ['green', [10, 11]], secrets: { LUNCH: 'block:secret/lunch' } },
    { files: { from: 'handles', handles: [pool.file('in.txt', 'grain\n')] } },
  )
  expect(messages[0]).toBe(`green|[10,11] ${testSecret.length} ********`)
  expect(outputs['value']).toEqual({ kind: 'value', value: { months: [10, 11], text: '1' } })
  const file = outputs['file']
  expect(file?.kind === 'file' && readFileSync(file.path, 'utf8')).toBe('GRAIN\n')
})

test.each([
  ["const f = () => {\n  throw new Error('bad month')\n}\nf()", 'Error: bad month (line 2 of the script).'],
  ["JSON.parse('{')", containing(/^SyntaxError: .* \(line 1 of the script\)\.$/)],
  ['const a = 1\nconst b = ;', containing(/^SyntaxError: .* \(line 2 of the script\)\.$/)],
  ["\nimport 'no-such-package'", containing(/Cannot find package 'no-such-package'/)],
  [
    "\nimport { readFile } from 'node:fs/promises'\nawait readFile('/no/such/file')",
    containing(/^Error: ENOENT.*\/no\/such\/file/),
  ],
  [
    "class MonthError extends Error { name = 'MonthError' }\n\nthrow new MonthError('13')",
    containing(/13.*\(line 3 of the script\)\.$/),
  ],
  ["throw 'plain text'", containing(/plain text/)],
  ["await Promise.reject(new TypeError('late'))", 'TypeError: late (line 1 of the script).'],
])('an uncaught error becomes a message with the line in the script: %j', async (script, message) => {
  const { failure } = await run({ script })
  expect(failure).toMatchObject({ code: 'check-failed', retryable: true })
  expect(failure?.message.replace('The script failed: ', '')).toEqual(message)
})

test('an exit code of its own is told with its last words', async () => {
  expect((await run({ script: "console.error('no rides'); process.exit(3)" })).failure?.message).toMatch(
    /exit code 3\..*no rides/,
  )
})

test('a script file imports the modules beside it and names its own lines', async () => {
  mkdirSync(join(pool.folder, 'code'))
  pool.file('code/mill.mjs', 'export const grind = (n) => n * 2\n')
  pool.file('code/main.mjs', "import { grind } from './mill.mjs'\nconsole.log(grind(21))\nnull.x\n")
  const { messages, failure } = await run({ file: 'code/main.mjs' })
  expect(messages[0]).toBe('42')
  expect(failure?.message).toMatch(/TypeError: .*\(line 3 of the script\)/)
})

test('a file is JavaScript', () => {
  expect(scriptNode.config.safeParse({ file: 'a.ts' }).success).toBe(false)
  expect(['a.mjs', 'a.js', 'a.cjs'].map((file) => scriptNode.config.safeParse({ file }).success)).toEqual([
    true,
    true,
    true,
  ])
})

test.each(scriptNode.examples)('example %# is valid', (example) => {
  expect(scriptNode.config.safeParse(example).success).toBe(true)
})
