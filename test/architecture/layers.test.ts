import { globSync } from 'node:fs'
import { expect, test } from 'vitest'
import { root } from '#test/run/step.ts'
import { faultOf, isTest } from './layers.ts'
import { readModules } from './modules.ts'

const { modules, cycles } = await readModules(['core', 'electron', 'renderer', 'test'])
const code = modules.filter(({ source }) => !source.startsWith('test/') && !isTest(source))

test('every source file is seen, with what it imports', () => {
  const files = globSync(['{core,electron,test}/**/*.{ts,js}', 'renderer/**/*.ts', '{renderer,test}/**/*.tsx'], {
    cwd: root,
  })
  const seen = modules.map(({ source }) => source).filter((source) => /\.(ts|tsx|js)$/.test(source))
  expect(seen.toSorted()).toEqual(files.toSorted())
  expect(code.length).toBeGreaterThan(100)
  expect(code.flatMap(({ dependencies }) => dependencies).length).toBeGreaterThan(code.length)
})

test('every import leads somewhere', () => {
  const lost = modules.flatMap(({ source, dependencies }) =>
    dependencies.filter((found) => found.couldNotResolve).map((found) => `${source} → ${found.module}`),
  )
  expect(lost).toEqual([])
})

test('imports go one way, those of types too', () => {
  const faults = code.flatMap(({ source, dependencies }) =>
    dependencies.flatMap((found) => {
      const fault = found.couldNotResolve ? null : faultOf(source, found)
      return fault === null ? [] : [`${source} → ${found.resolved}: ${fault}`]
    }),
  )
  expect(faults).toEqual([])
})

test('no module needs itself', () => {
  expect(cycles).toEqual([])
})

test.each([
  ['core/engine/plan.ts', 'core/world/sqlite/store.ts', 'engine does not import world'],
  ['core/kinds/field.ts', 'core/tasks/log-message/index.ts', 'kinds does not import tasks'],
  ['core/tasks/a/index.ts', 'core/tasks/b/index.ts', 'a feature does not import a feature'],
  ['core/tasks/a/index.ts', 'core/compose.ts', 'tasks does not import joins'],
  [
    'core/blocks/duckdb/index.ts',
    'node_modules/@duckdb/node-api/lib/index.js',
    '@duckdb/node-api is not imported here',
  ],
  ['core/services/runs/jobs.ts', 'core/engine/vector.test.ts', 'code does not import tests'],
  ['renderer/stores/run.ts', 'core/services/services.ts', 'the screen sees only the words and the contract'],
  ['renderer/features/a/a.tsx', 'renderer/features/b/b.tsx', 'a feature does not import a feature'],
  ['renderer/ui/format.ts', 'renderer/stores/run.ts', 'ui does not import stores'],
  ['electron/window.ts', 'core/flow/read-flow.ts', 'the shell only starts the engine'],
])('%s may not import %s', (from, resolved, fault) => {
  expect(faultOf(from, { resolved, coreModule: false })).toBe(fault)
})

test('the engine may not import Node', () => {
  expect(faultOf('core/engine/plan.ts', { resolved: 'crypto', coreModule: true })).toBe('engine does not touch Node')
})
