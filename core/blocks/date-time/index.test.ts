import { expect, test } from 'vitest'
import { problemsOfSettings } from '#core/services/blocks/check-block.ts'
import { noHttp } from '#test/fixtures/no-http.ts'
import { noNestedBlock } from '#test/fixtures/no-nested-block.ts'
import { dateTime } from './index.ts'

const messageOf = async (settings: Record<string, string>): Promise<string> => {
  const context = {
    settings: dateTime.config.parse(settings),
    secret: async () => '',
    home: '/nowhere',
    block: noNestedBlock,
    http: noHttp,
    signal: new AbortController().signal,
  }
  const stages = await Array.fromAsync(dateTime.test(context))
  return stages.map(({ message }) => message).join()
}

test.each([
  ['2021-01-31', undefined, 'The date 2021-01-31.'],
  ['2021-01-31T08:00:00Z', undefined, 'The instant 2021-01-31T08:00:00.000Z.'],
  ['2021-01-31T08:00+01:00', undefined, 'The instant 2021-01-31T07:00:00.000Z.'],
  ['2021-01-31T08:00', 'Europe/Berlin', '2021-01-31T08:00 in Europe/Berlin is 2021-01-31T07:00:00.000Z.'],
  ['2021-07-31T08:00', 'America/New_York', '2021-07-31T08:00 in America/New_York is 2021-07-31T12:00:00.000Z.'],
  // The clocks go back from 03:00 to 02:00, and show 02:30 twice.
  ['2021-10-31T02:30', 'Europe/Berlin', '2021-10-31T02:30 in Europe/Berlin is 2021-10-31T00:30:00.000Z.'],
  // They go from 02:00 to 03:00, and never show 02:30.
  ['2021-03-28T02:30', 'Europe/Berlin', '2021-03-28T02:30 in Europe/Berlin is 2021-03-28T01:30:00.000Z.'],
])('%s in %s', async (value, zone, message) => {
  expect(await messageOf({ value, ...(zone !== undefined && { zone }) })).toBe(message)
})

test.each([
  [{ value: '2021-04-31' }, 'write a date such as'],
  [{ value: '31.1.2021' }, 'write a date such as'],
  [{ value: '2021-01-31T25:00Z' }, 'write a date such as'],
  [{ value: '2021-01-31T08:00' }, 'or set the zone'],
  [{ value: '2021-01-31T08:00', zone: 'Europe/Berln' }, 'write a time zone such as'],
])('%j is refused with what is wanted', (settings, wanted) => {
  expect(problemsOfSettings(dateTime, settings).join()).toContain(wanted)
})
