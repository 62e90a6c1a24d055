import { expect, test } from 'vitest'
import { benchmarks } from './benchmarks.ts'
import { measureAll, remarksOn, type Outcome, type Report } from './measure-all.ts'

type Timed = { readonly name: string; readonly seconds: number; readonly takes: number; readonly outcome: Outcome }

const timed = (name: string, seconds: number, takes = seconds, outcome: Outcome = 'met'): Timed => ({
  name,
  seconds,
  takes,
  outcome,
})

const measured = (within: number, all: readonly Timed[]): Promise<Report> => {
  let clock = 1000
  return measureAll(all, {
    within,
    now: () => clock,
    measure: async ({ takes, outcome }) => {
      clock += takes
      return outcome
    },
  })
}

test('what does not fit in the time is left out, and what comes after it and fits is measured', async () => {
  const report = await measured(100, [timed('a', 60), timed('b', 50), timed('c', 40), timed('d', 1)])
  expect(report).toEqual({ met: ['a', 'c'], missed: [], failed: [], leftOut: ['b', 'd'] })
})

test('a slow machine is expected to stay slow', async () => {
  const report = await measured(100, [timed('a', 20, 40), timed('b', 31), timed('c', 30, 60)])
  expect(report).toMatchObject({ met: ['a', 'c'], leftOut: ['b'] })
})

test('a machine that was quick once is given the usual time', async () => {
  expect(await measured(100, [timed('a', 90, 50), timed('b', 51)])).toMatchObject({ met: ['a'], leftOut: ['b'] })
})

test('what missed its target, what failed and what was left out are told apart, each by name', async () => {
  const all = [timed('a', 1, 1, 'missed'), timed('b', 1, 1, 'failed'), timed('c', 9), timed('d', 9), timed('e', 1)]
  expect(remarksOn(await measured(5, all), 5)).toEqual([
    'Missed a target: a.',
    'Failed: b.',
    'Left out, since they would not have ended within 5 s: c, d.',
  ])
  expect(remarksOn(await measured(Infinity, [timed('a', 1)]), Infinity)).toEqual([])
})

test('in CI the headline figures of every part are measured', async () => {
  const { met } = await measured(
    270,
    benchmarks.map(({ name, seconds }) => timed(name, seconds)),
  )
  const headlines = ['engine.three_steps', 'etl.csv', 'etl.parquet', 'etl.postgres', 'canvas.work', 'logs.live']
  expect(met).toEqual(expect.arrayContaining([...headlines, 'app.start', 'gcs.upload', 'bigquery.load', 'start.cli']))
})
