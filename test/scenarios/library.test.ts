import { copyFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { jsonLines, starterFlow } from './millrace.ts'
import { workspace, type Workspace } from './workspace.ts'

/** Comments, quotes, line ends and a key of another program: what a rewrite would lose. */
const child = `# The child, with a comment
millrace: 1
name: child
description: "says   hello"
tasks:
  say: {type: log.message,   with: {message: 'hello'}}   # flow style
layout:
  say: [10, 20]
`
const parent = `millrace: 1
name: parent
tasks:
  run:
    type: flow.run
    with:
      flow: child.yaml
  again:
    type: flow.run
    after: [run]
    with: { flow: child.yaml }
`

const written = (): Workspace => {
  const space = workspace()
  space.write('child.yaml', child)
  space.write('parent.yaml', parent)
  return space
}

test('flows are put into the library, listed, shown, run by name, and deleted; their runs stay', async () => {
  const space = written()
  expect(await space.millrace(['flow', 'import', 'child.yaml'])).toMatchObject({ exitCode: 0, stdout: 'child\n' })
  const listed = await space.millrace(['flow', 'ls', '--json'])
  expect(jsonLines(listed.stdout)).toMatchObject([
    { name: 'child', description: 'says   hello', tasks: 1, last_run: null },
  ])
  expect((await space.run('child')).state.name).toBe('Completed')
  expect((await space.millrace(['flow', 'ls'])).stdout).toMatch(/^child +1 +Completed +says {3}hello$/m)
  const shown = await space.millrace(['flow', 'inspect', 'child'])
  expect(JSON.parse(shown.stdout)).toMatchObject({
    name: 'child',
    tasks: [{ id: 'say' }],
    last_runs: [{ flow: 'child' }],
  })

  const twice = await space.millrace(['flow', 'import', 'child.yaml'])
  expect(twice).toMatchObject({ exitCode: 2, stdout: '' })
  expect(twice.stderr).toContain('--overwrite')
  expect(await space.millrace(['flow', 'import', 'child.yaml', '--overwrite'])).toMatchObject({ exitCode: 0 })

  expect(await space.millrace(['flow', 'delete', 'child'])).toMatchObject({ exitCode: 0, stdout: '' })
  expect(await space.millrace(['flow', 'inspect', 'child'])).toMatchObject({ exitCode: 3 })
  expect(await space.millrace(['run', 'child'])).toMatchObject({ exitCode: 3 })
  expect(await space.flowRuns('--flow', 'child')).toHaveLength(1)
})

test('export, import and export again give the same bytes', async () => {
  const space = written()
  const windows = space.write('windows.yaml', child.replace('name: child', 'name: windows').replaceAll('\n', '\r\n'))
  for (const [name, file] of [
    ['child', 'child.yaml'],
    ['windows', windows],
    ['green-taxi', starterFlow('green-taxi.yaml')],
  ] as const) {
    expect((await space.millrace(['flow', 'import', file])).exitCode).toBe(0)
    await space.millrace(['flow', 'export', name, '-o', `${name}.out`])
    expect(space.read(`${name}.out`)).toBe(space.read(path.relative(space.folder, path.resolve(space.folder, file))))
    expect((await space.millrace(['flow', 'export', name])).stdout).toBe(space.read(`${name}.out`))
  }
})

test('a flow goes out with its subflows as a stream of documents, the root first, and comes in again elsewhere', async () => {
  const space = written()
  const stream = (await space.millrace(['flow', 'export', 'parent.yaml', '--with-subflows'])).stdout
  expect(stream).toBe(`${parent}---\n${child}`)
  const other = workspace()
  const file = other.write('stream.yaml', stream)
  const imported = await other.millrace(['flow', 'import', file])
  expect(imported, imported.stderr).toMatchObject({ exitCode: 0, stdout: 'parent\nchild\n' })
  expect((await other.millrace(['flow', 'export', 'child'])).stdout).toBe(child)
  expect((await other.millrace(['flow', 'export', 'parent'])).stdout).toBe(parent)
  expect((await other.millrace(['flow', 'export', 'parent', '--with-subflows'])).stdout).toBe(stream)
  const run = await other.run('parent')
  expect(run.state.name).toBe('Completed')
  expect((await other.inspect(run.flow_run.id)).subflow_runs).toHaveLength(2)
})

test('a subflow in another folder goes by its name in the stream, and the flows run wherever they are imported', async () => {
  const space = written()
  space.write('parts/first.yaml', child)
  space.write('parent.yaml', `---\n${parent.replace('flow: child.yaml', 'flow: parts/first.yaml # the first')}`)
  space.write('child.yaml', `---\n${child.replace('name: child', 'name: other')}`)
  const exported = await space.millrace(['flow', 'export', 'parent.yaml', '--with-subflows'])
  expect(exported.stdout).toContain('flow: child # the first')
  const other = workspace()
  const imported = await other.millrace(['flow', 'import', other.write('stream.yaml', exported.stdout)])
  expect(imported, imported.stderr).toMatchObject({ exitCode: 0, stdout: 'parent\nchild\nother\n' })
  const run = await other.run('parent')
  expect(run.state).toMatchObject({ name: 'Completed' })
  expect((await other.inspect(run.flow_run.id)).subflow_runs.map(({ flow }) => flow)).toEqual(['child', 'other'])

  space.write('child.yaml', child)
  const clash = await space.millrace(['flow', 'export', 'parent.yaml', '--with-subflows'])
  expect(clash).toMatchObject({ exitCode: 2, stdout: '' })
  expect(clash.stderr).toContain('Two of the flows are named “child”')
})

test('a file with several flows is imported, not run; one with problems is neither', async () => {
  const space = written()
  space.write('stream.yaml', `${parent}---\n${child}`)
  const run = await space.millrace(['run', 'stream.yaml'])
  expect(run).toMatchObject({ exitCode: 2, stdout: '' })
  expect(run.stderr).toContain('millrace flow import')
  space.write('broken.yaml', `${child}---\nmillrace: 1\nname: broken\ntasks:\n  a: { type: log.mesage }\n`)
  const broken = await space.millrace(['flow', 'import', 'broken.yaml'])
  expect(broken).toMatchObject({ exitCode: 2, stdout: '' })
  expect(broken.stderr).toContain('Did you mean')
  expect((await space.millrace(['flow', 'ls', '--json'])).stdout).toBe('')
})

test('a flow file in the library may be written by hand', async () => {
  const space = written()
  await space.millrace(['flow', 'import', 'child.yaml'])
  copyFileSync(space.path('parent.yaml'), path.join(space.home, 'flows/parent.yaml'))
  expect((await space.run('parent')).state.name).toBe('Completed')
})
