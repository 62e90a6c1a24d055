import { z } from 'zod'
import { field } from '#core/kinds/field.ts'

/** `starttls` begins in the clear and is encrypted before anything is said; `tls` from the first byte. */
const tlsModes = ['starttls', 'tls', 'none'] as const

const address = z.string().regex(/^([^<>\r\n]*<)?[^\s<>@,]+@[^\s<>@,]+>?$/, 'An address such as data@example.org')

export const emailSettings = z.object({
  host: field.text({ title: 'Server', placeholder: 'smtp.example.org', key: true }).min(1),
  port: field
    .integer({ title: 'Port', help: 'Mostly 587; 465 where it is encrypted from the first byte.' })
    .min(1)
    .max(65_535)
    .default(587),
  tls: field
    .choice(tlsModes, {
      title: 'Encryption',
      help: 'starttls (port 587) or tls (port 465). none only for a server on this machine, or one without a password.',
    })
    .default('starttls'),
  ca: field
    .multiline({
      title: 'Certificate authority',
      help: 'PEM text, or the full path of a file with it, for a server whose authority this machine does not know.',
    })
    .min(1)
    .optional(),
  user: field.text({ title: 'User', help: 'Leave it out for a server that wants no sign-in.' }).min(1).optional(),
  from: field
    .text({ title: 'From', placeholder: 'Millrace <millrace@example.org>' })
    .regex(
      /^([^<>\r\n]*<)?[^\s<>@,]+@[^\s<>@,]+>?$/,
      'An address such as data@example.org, or Name <data@example.org>',
    ),
  to: field.list(address, { title: 'To', key: true }).min(1).max(50),
})

export type EmailSettings = z.output<typeof emailSettings>
