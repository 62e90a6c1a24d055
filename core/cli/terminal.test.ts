import { afterEach, expect, test, vi } from 'vitest'
import { formatDay, formatLogLine } from './terminal.ts'

afterEach(() => vi.unstubAllEnvs())

test.each(['Pacific/Auckland', 'America/New_York'])('the day of a log line belongs to its clock in %s', (zone) => {
  vi.stubEnv('TZ', zone)
  const at = new Date(2020, 10, 30, 0, 30).getTime()
  const late = new Date(2020, 10, 30, 23, 30).getTime()
  const line = { seq: 1, flowRun: 'f', taskRun: null, level: 'info', message: 'm' } as const
  expect([formatDay(at), formatDay(late)]).toEqual(['2020-11-30', '2020-11-30'])
  expect(formatLogLine({ ...line, at: late }, 'heron')).toMatch(/^23:30:00/)
})
