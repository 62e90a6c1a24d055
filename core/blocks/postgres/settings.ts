import { z } from 'zod'
import { field } from '#core/kinds/field.ts'

/** How the connection is encrypted, as PostgreSQL's own programs name it. */
export const tlsModes = ['disable', 'prefer', 'require', 'verify-ca', 'verify-full'] as const
export type TlsMode = (typeof tlsModes)[number]

/** The directory of a socket too; no URL and no connection string, in which a password stands. */
const isHost = (text: string): boolean => !/:\/\/|^[^/@].*@|=/.test(text)

const fields = z.object({
  host: field
    .text({
      title: 'Host',
      help: 'Name or address of the server. Leave it out to give all of it as one secret URL.',
      placeholder: 'localhost',
      key: true,
    })
    .min(1)
    .refine(isHost, 'It is a name or an address. Leave it out to give all of it as the secret “url” (--stdin url)')
    .optional(),
  port: field.integer({ title: 'Port' }).min(1).max(65_535).default(5432),
  database: field.text({ title: 'Database', placeholder: 'ny_taxi', key: true }).min(1).optional(),
  user: field.text({ title: 'User', placeholder: 'root' }).min(1).optional(),
  schema: field
    .text({ title: 'Schema', help: 'Where tables are that are named without one.' })
    .min(1)
    .default('public'),
  tls: field
    .choice(tlsModes, {
      title: 'Encryption',
      help:
        'prefer encrypts when the server can; require always; verify-ca also wants a certificate from the authority below; ' +
        'verify-full also wants it to be for this host. In a URL, sslmode says it.',
    })
    .default('prefer'),
  ca: field
    .multiline({
      title: 'Certificate authority',
      help: 'PEM text, or the path of a file with it. Without it the authorities that the system trusts count.',
    })
    .min(1)
    .optional(),
  connect_timeout: field.duration({ title: 'Time to connect', help: 'After so long it gives up.' }).default('10s'),
  options: field
    .map(z.string(), {
      title: 'Options',
      help: 'Settings of the session, for example statement_timeout: 5min or search_path: taxi.',
    })
    .default({}),
})

/** For `superRefine`: a URL may name the user; beside a host nothing else does. */
const checkUser = ({ host, user }: z.output<typeof fields>, context: z.core.$RefinementCtx): void => {
  if (host !== undefined && user === undefined)
    context.addIssue({ code: 'custom', path: ['user'], message: 'Give the name to sign in with', input: user })
}

/** For `superRefine`: settings are shown and exported. */
const checkOptions = ({ options }: z.output<typeof fields>, context: z.core.$RefinementCtx): void => {
  for (const name of Object.keys(options)) {
    if (!/pass(word|phrase|wd)|secret/i.test(name)) continue
    const message = 'Settings are shown. Give it as the secret “password” (--stdin password)'
    context.addIssue({ code: 'custom', path: ['options', name], message, input: name })
  }
}

export const postgresSettings = fields.superRefine(checkUser).superRefine(checkOptions)

export type PostgresSettings = z.output<typeof postgresSettings>
