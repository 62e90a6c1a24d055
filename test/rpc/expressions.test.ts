import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect } from '#core/api/connect.ts'
import { openEngine, type Engine } from '#core/compose.ts'

/** What a text with expressions is said to give while a flow is edited. */
const folder = mkdtempSync(path.join(tmpdir(), 'millrace-rpc-expressions-'))
const file = path.join(folder, 'home/flows/rides.yaml')
const bugs: unknown[] = []
let engine: Engine
let remote: Awaited<ReturnType<typeof connect>>

const flow = `millrace: 1
name: rides
parameters:
  color: { type: string, default: green }
  day: { type: date }
variables:
  folder: "data/{{ color }}"
tasks:
  trips: { type: table.read, with: { path: rides.csv } }
  kept: { type: table.filter, inputs: { table: trips.table }, with: { where: id > 1 }, keep: true }
  say:
    type: log.message
    for_each: [7, 8]
    as: month
    with: { message: "{{ month }}" }
  odd: { type: table.filtr, with: { where: 1 } }
`

beforeAll(async () => {
  const home = path.join(folder, 'home')
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, flow)
  writeFileSync(path.join(path.dirname(file), 'rides.csv'), 'id,fare\n1,2\n2,3\n3,4\n')
  engine = await openEngine({ home, passphrase: null, onBug: (error) => bugs.push(error) })
  remote = await connect(path.join(home, 'engine.sock'))
})
afterAll(async () => {
  await remote.close()
  await engine.close()
  rmSync(folder, { recursive: true, force: true })
  expect(bugs).toEqual([])
})

const evaluate = (task: string, field: string, text: string) =>
  remote.client.flows.evaluate({ file, path: ['tasks', task, 'with', field], text })

test('defaults of parameters and variables are filled in, by the rules of the field', async () => {
  expect(await evaluate('trips', 'path', '{{ folder }}/x.csv')).toEqual({
    kind: 'value',
    value: 'data/green/x.csv',
    firstItem: false,
  })
  expect(await evaluate('kept', 'where', 'c = {{ color }}')).toMatchObject({ value: "c = 'green'" })
  expect(await evaluate('odd', 'where', '{{ color | upcase }}')).toMatchObject({ value: 'GREEN' })
})

test('of a mapped task the first item stands for all', async () => {
  expect(await evaluate('say', 'message', '{{ month | pad: 2 }}')).toEqual({
    kind: 'value',
    value: '07',
    firstItem: true,
  })
})

test('what only a run can tell is said to be so, and not to be wrong', async () => {
  expect(await evaluate('trips', 'path', '{{ day }}')).toMatchObject({
    kind: 'unknown',
    reason: 'Known when it runs: the parameter “day” has no default.',
  })
  expect(await evaluate('say', 'message', '{{ tasks.kept.rows }}')).toEqual({
    kind: 'unknown',
    reason: 'Known when “kept” has run.',
  })
  expect(await evaluate('say', 'message', '{{ run.name }}')).toEqual({ kind: 'unknown', reason: 'Known when it runs.' })
})

test('a mistake is told in words', async () => {
  expect(await evaluate('trips', 'path', '{{ colour }}')).toMatchObject({ kind: 'wrong' })
  expect(await evaluate('trips', 'path', '{{ color | shout }}')).toEqual({
    kind: 'wrong',
    problems: ['There is no filter “shout”.'],
  })
  expect(await evaluate('say', 'message', '{{ blocks.string.gone.value }}')).toMatchObject({ kind: 'wrong' })
})

test('outputs of the last run are known after it', async () => {
  const text = flow.replace(/ {2}odd: .*\n/, '')
  writeFileSync(file, text)
  const source = { from: 'file', path: file, cwd: '/' } as const
  const { id } = await remote.client.runs.submit({ source, parameters: { values: { day: '2020-11-01' } } })
  await engine.ended(id)
  expect(await evaluate('say', 'message', '{{ tasks.kept.rows }}')).toMatchObject({ kind: 'value', value: '2' })
})

test('a block type says what a form for it asks', async () => {
  const types = await remote.client.blocks.types()
  expect(types.find(({ type }) => type === 'duckdb')?.fields).toMatchObject([{ name: 'path', required: true }])
})
