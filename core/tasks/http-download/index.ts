import { mkdir } from 'node:fs/promises'
import { z } from 'zod'
import { parseBytes } from '#core/kinds/bytes.ts'
import { field } from '#core/kinds/field.ts'
import { defineTask } from '#core/kinds/task-type.ts'
import { parseDuration } from '#core/model/duration.ts'
import { Refused } from '#core/model/failure.ts'
import { endpointOfTask } from '#core/kinds/http/endpoint.ts'
import { safeFileName } from '#core/kinds/http/file-name.ts'
import { keepFile } from './keep-file.ts'
import { copyLocalFile, localFileHash, localPath } from './local-file.ts'
import { download } from './download.ts'

const checksumText = /^sha256:[0-9a-fA-F]{64}$/

export const httpDownload = defineTask({
  type: 'http.download',
  version: 1,
  title: 'Download',
  summary: 'Downloads a file over HTTP or HTTPS, or takes a local one.',
  group: 'source',
  icon: 'download',
  aliases: ['wget', 'curl', 'requests.get', 'pandas.read_csv(url)', 'urlretrieve', 'fetch'],
  config: z.object({
    url: field.url({
      title: 'URL',
      help: 'http:, https: or file:, or a path relative to the flow’s file; with an endpoint a path below its base URL.',
      placeholder: 'https://example.org/trips.csv.gz',
      key: true,
    }),
    endpoint: field
      .block({
        title: 'Endpoint',
        help: 'Base URL, headers and sign-in, which go to its host only.',
        blocks: ['http-endpoint'],
      })
      .optional(),
    name: field
      .text({ title: 'File name', help: 'Default: what the server calls it, else the last part of the URL.' })
      .refine((name) => safeFileName(name) === name, 'A plain file name, without folders')
      .optional(),
    checksum: field
      .text({ title: 'Checksum', help: 'sha256: and 64 hexadecimal digits. A file that differs is refused.' })
      .regex(checksumText, 'sha256: and 64 hexadecimal digits')
      .optional(),
    size_limit: field.bytes({ title: 'Size limit', help: 'A larger file is refused.', placeholder: '2 GB' }).optional(),
    idle_timeout: field
      .duration({
        title: 'Idle timeout',
        help: 'How long the server may send nothing before the connection is given up.',
      })
      .default('60s'),
    max_redirects: field.integer({ title: 'Redirects', help: 'How many are followed at most.' }).min(0).default(10),
    headers: field
      .map(z.string(), { title: 'Headers', help: 'Sent with the request. Not for secrets: they are shown.' })
      .default({}),
    user_agent: field.text({ title: 'User agent' }).default('Millrace'),
    certificates: field
      .path({ title: 'Certificates', help: 'A PEM file of further authorities to trust, as company networks need.' })
      .optional(),
  }),
  inputs: {},
  outputs: { file: { kind: 'file', title: 'File' } },
  examples: [
    { url: 'https://example.org/green_tripdata_2020-11.csv.gz' },
    { url: '../samples/taxi_zone_lookup.csv' },
    { url: 'https://example.org/export?day=1', name: 'export.csv', size_limit: '500 MB', idle_timeout: '2m' },
    { endpoint: 'block:http-endpoint/rides', url: 'exports/2020-11.csv.gz' },
  ],
  fingerprint: ({ url, endpoint }, { flowFolder }) => (endpoint === undefined ? localFileHash(url, flowFolder) : null),
  run: async (context) => {
    const { config, files } = context
    await mkdir(files.results, { recursive: true })
    const limit = config.size_limit === undefined ? null : parseBytes(config.size_limit)
    const endpoint = config.endpoint === undefined ? null : await endpointOfTask(context.blocks, config.endpoint)
    const path = endpoint ? null : localPath(config.url, (text) => files.resolve(text))
    const got =
      path === null
        ? await download(context, { limit, idleTimeout: milliseconds(config.idle_timeout), endpoint })
        : await copyLocalFile(context, { path, limit })
    return { file: await keepFile(context, got) }
  },
})

const milliseconds = (text: string | number): number => {
  const duration = parseDuration(text)
  if (duration !== null && duration > 0) return duration
  throw new Refused({ code: 'invalid', message: `idle_timeout: “${text}” is no time to wait. Write for example 60s.` })
}
