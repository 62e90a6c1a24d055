import { expect, test } from 'vitest'
import { formatMoment, parseMoment } from './moment.ts'

const format = (text: string, directives: string) => {
  const moment = parseMoment(text)
  return moment && formatMoment(moment, directives)
}

test.each([
  ['2020-11-01', '%Y/%m/%d', '2020/11/01'],
  ['2020-11-01', '%-d.%-m.%y', '1.11.20'],
  ['2020-11-01', '%A %a %B %b %j %u %w', 'Sunday Sun November Nov 306 7 0'],
  ['2021-01-03', '%G-W%V', '2020-W53'],
  ['2021-01-04', '%G-W%V', '2021-W01'],
  ['2020-11-01T09:05:07.250', '%H:%M:%S.%L %I %p', '09:05:07.250 09 AM'],
  ['2020-11-01 23:59', '%F %T', '2020-11-01 23:59:00'],
  ['2020-11-01T10:00:00Z', '%s %z', '1604224800 +0000'],
  ['2020-11-01T10:00:00+02:00', '%s %z', '1604217600 +0200'],
  ['2020-02-29', '100%%', '100%'],
])('%s as %s is %s, whatever the time zone of the machine', (text, directives, result) => {
  expect(format(text, directives)).toBe(result)
})

test.each(['2020-13-01', '2021-02-29', '2020-11-01T25:00', '1.11.2020', '2020', ''])('%s is no date', (text) => {
  expect(parseMoment(text)).toBeNull()
})

test('an unknown directive is refused', () => {
  expect(() => format('2020-11-01', '%Q')).toThrow('“%Q” is no date directive')
  expect(() => format('2020-11-01', '50%')).toThrow('is no date directive')
})
