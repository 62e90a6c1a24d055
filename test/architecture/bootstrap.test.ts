import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { root } from '#test/run/step.ts'

const { scripts, bin } = z
  .object({ scripts: z.record(z.string(), z.string()), bin: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')))

/** What the system's own Node is started with. */
const entries = [
  ...Object.values(bin),
  ...Object.values(scripts).flatMap((script) => [...script.matchAll(/\bnode (\S+)/g)].map(([, file = '']) => file)),
]

/** Code without its comments, and all that its imports name. */
const read = (file: string): { readonly code: string; readonly imports: readonly string[] } => {
  const code = readFileSync(join(root, file), 'utf8').replaceAll(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, '')
  const imports = [...code.matchAll(/^(?:import|export) (?:[^'"=()]*? from )?['"]([^'"]+)['"]/gm)].map(
    ([, name = '']) => name,
  )
  return { code, imports }
}

/** The entries and what they import, by path. */
const bootstrap = new Map<string, ReturnType<typeof read>>()
const follow = (file: string): void => {
  if (bootstrap.has(file)) return
  const found = read(file)
  bootstrap.set(file, found)
  for (const name of found.imports) if (name.startsWith('.')) follow(join(dirname(file), name))
}
entries.forEach(follow)
const files = [...bootstrap]

/** What Node 20.0 does not have; what JavaScript has gained since is left out by the tsconfig of the bootstrap. */
const newerThanNode20 = new RegExp(
  [
    String.raw`import\.meta\.(dirname|filename|main|resolve)`,
    String.raw`\b(enableCompileCache|flushCompileCache|registerHooks|findPackageJSON|stripTypeScriptTypes)\b`,
    String.raw`\b(styleText|loadEnvFile|parseEnv|getBuiltinModule|getCallSites?|globSync|matchesGlob|openAsBlob)\b`,
    String.raw`\bparentPath\b|\bavailableMemory\b|\bexecve\b|\bnode:(sqlite|sea)\b`,
    String.raw`\bAbortSignal\.any\b|\bnew (WebSocket|EventSource|CloseEvent)\b|\bnavigator\.`,
    String.raw`\bimport\b[^\n]*\bwith \{`,
  ].join('|'),
)

test('what the system starts is followed into its imports', () => {
  expect(entries).toEqual(expect.arrayContaining(['core/bootstrap/start.js', 'core/bootstrap/run.js']))
  expect([...bootstrap.keys()]).toEqual(expect.arrayContaining(['core/bootstrap/install.js', 'core/bootstrap/root.js']))
})

test.each(files)('%s needs no package, which may not be there yet', (_file, { imports }) => {
  expect(imports.filter((name) => !/^(node:|\.\.?\/)/.test(name))).toEqual([])
})

test.each(files)('%s starts on Node 20.0', (_file, { code }) => {
  expect(newerThanNode20.exec(code)?.[0]).toBeUndefined()
})
