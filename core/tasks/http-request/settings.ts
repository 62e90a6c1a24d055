import { z } from 'zod'
import { field } from '#core/kinds/field.ts'
import { safeFileName } from '#core/kinds/http/file-name.ts'
import { headersHelp } from '#core/kinds/http/header-values.ts'

export const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'] as const
export type Method = (typeof methods)[number]

/** Asking twice does what asking once does, so that a request whose answer was lost may be sent again. */
export const isRepeatable = (method: Method): boolean => method !== 'POST' && method !== 'PATCH'

const answers = ['auto', 'json', 'text', 'file', 'none'] as const

const statusText = /^([1-5]xx|[1-5]\d\d)$/

export const requestSettings = z
  .object({
    endpoint: field
      .block({
        title: 'Endpoint',
        help: 'Base URL, headers and sign-in. Then the URL is a path below it.',
        blocks: ['http-endpoint'],
      })
      .optional(),
    method: field.choice(methods, { title: 'Method', key: true }).default('GET'),
    url: field.url({
      title: 'URL',
      help: 'http: or https:, or a path below the endpoint.',
      placeholder: 'https://example.org/api/rides',
      key: true,
    }),
    query: field
      .map(z.json(), {
        title: 'Query',
        help: 'Added to the URL. A list gives a name several times; null leaves it out; a block stands for its secret.',
      })
      .default({}),
    headers: field.map(z.string(), { title: 'Headers', help: headersHelp }).default({}),
    json: field.json({ title: 'JSON body', help: 'Sent as application/json.' }).optional(),
    body: field
      .multiline({ title: 'Text body', help: 'Instead of JSON. Say what it is with a content-type header.' })
      .optional(),
    expected: field
      .list(z.string().regex(statusText, 'A status such as 200, or 2xx'), {
        title: 'Expected status',
        help: 'Any other fails the task.',
      })
      .min(1)
      .default(['2xx']),
    answer: field
      .choice(answers, {
        title: 'Answer',
        help: 'auto: JSON where the server says so, else text. file: kept as a file, of any size.',
      })
      .default('auto'),
    name: field
      .text({ title: 'File name', help: 'For a file. Default: what the server calls it.' })
      .refine((name) => safeFileName(name) === name, 'A plain file name, without folders')
      .optional(),
    size_limit: field
      .bytes({
        title: 'Size limit',
        help: 'A larger answer fails. Default: 1 MB, for a file 2 GB.',
        placeholder: '10 MB',
      })
      .optional(),
    tries: field
      .integer({
        title: 'Tries',
        help: 'After a lost connection or 408, 429, 502, 503, 504. POST and PATCH are tried once: the server may have done it.',
      })
      .min(1)
      .max(10)
      .default(3),
    time_limit: field.duration({ title: 'Time limit', help: 'For one try with its whole answer.' }).default('60s'),
    idle_timeout: field
      .duration({ title: 'Idle timeout', help: 'How long the server may send nothing.' })
      .default('30s'),
    max_redirects: field
      .integer({ title: 'Redirects', help: 'How many are followed at most.' })
      .min(0)
      .max(50)
      .default(10),
    certificates: field
      .path({ title: 'Certificates', help: 'A PEM file of further authorities to trust, as company networks need.' })
      .optional(),
  })
  .refine(({ json, body }) => json === undefined || body === undefined, {
    path: ['body'],
    message: 'Give json or body, not both',
  })
  .refine(({ method, json, body }) => !['GET', 'HEAD'].includes(method) || (json === undefined && body === undefined), {
    path: ['method'],
    message: 'GET and HEAD send no body: choose POST, or leave the body out',
  })

export type RequestSettings = z.output<typeof requestSettings>
