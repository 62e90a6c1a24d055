import { z } from 'zod'
import { defineBlock } from '#core/kinds/block-type.ts'
import { field } from '#core/kinds/field.ts'
import { instantOf, isZone, readMoment } from './moment-in-zone.ts'

const docs = `
A date, or a point in time, that several flows share: the first day of a school year, the start of a backfill.

Flows read it as it is written: \`{{ blocks.date-time.start.value }}\`. The filter \`date\` gives it another form:
\`{{ blocks.date-time.start.value | date: "%Y/%m" }}\`.

- A date: \`2021-01-31\`.
- A time that says where it is meant: \`2021-01-31T08:00:00Z\`, \`2021-01-31T08:00+01:00\`.
- A time on the clocks of a zone: \`2021-01-31T08:00\`, with the zone \`Europe/Berlin\`. Testing the block tells which instant that is.
`

export const dateTime = defineBlock({
  type: 'date-time',
  version: 1,
  title: 'Date or time',
  summary: 'One date or point in time that several flows share, read as {{ blocks.date-time.name.value }}.',
  icon: 'calendar-clock',
  docs,
  config: z
    .object({
      value: field
        .text({
          title: 'Value',
          help: 'A date such as 2021-01-31, or a time such as 2021-01-31T08:00:00Z.',
          placeholder: '2021-01-31',
          key: true,
        })
        .refine(
          (text) => readMoment(text) !== null,
          'write a date such as 2021-01-31, or a time such as 2021-01-31T08:00:00Z',
        ),
      zone: field
        .text({
          title: 'Time zone',
          help: 'For a time that is written without one, for example Europe/Berlin.',
          placeholder: 'Europe/Berlin',
        })
        .refine(isZone, 'write a time zone such as Europe/Berlin or UTC')
        .optional(),
    })
    .refine(({ value, zone }) => readMoment(value)?.kind !== 'clock' || zone !== undefined, {
      path: ['value'],
      message: 'a time that does not say where it is meant: write 2021-01-31T08:00Z, or set the zone',
    }),
  secrets: {},
  capabilities: ['value'],
  examples: [{ value: '2021-01-31' }, { value: '2021-01-31T08:00', zone: 'Europe/Berlin' }],
  test: async function* ({ settings: { value, zone } }) {
    yield { stage: 'Read the value', ok: true, duration: 0, message: inWords(value, zone) }
  },
})

const inWords = (value: string, zone = 'UTC'): string => {
  const moment = readMoment(value)
  if (moment?.kind === 'clock') return `${value} in ${zone} is ${instantOf(moment.clock, zone).toISOString()}.`
  return moment?.kind === 'instant' ? `The instant ${moment.at.toISOString()}.` : `The date ${value}.`
}
