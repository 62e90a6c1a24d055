import { formatBytes } from '#core/kinds/bytes.ts'
import { shownUrl } from '#core/kinds/http/http.ts'
import { defineTask } from '#core/kinds/task-type.ts'
import { buildRequest } from './build-request.ts'
import { exchange } from './exchange.ts'
import { requestSettings } from './settings.ts'

export const httpRequest = defineTask({
  type: 'http.request',
  version: 1,
  title: 'HTTP request',
  summary: 'Calls a web service: its answer becomes a value or a file.',
  group: 'source',
  icon: 'send',
  aliases: [
    'requests.post',
    'requests.get',
    'httpx',
    'curl',
    'REST',
    'API call',
    'webhook',
    'fetch',
    'HttpOperator',
    'axios',
  ],
  config: requestSettings,
  inputs: {},
  outputs: {
    status: { kind: 'value', title: 'Status' },
    headers: { kind: 'value', title: 'Headers', help: 'By names in lower case.' },
    body: {
      kind: 'value',
      title: 'Answer',
      help: 'JSON or text; not there where the answer is a file or none.',
      optional: true,
    },
    file: { kind: 'file', title: 'File', optional: true },
  },
  examples: [
    { url: 'https://example.org/api/zones', query: { borough: ['Queens', 'Bronx'], limit: 100 } },
    {
      endpoint: 'block:http-endpoint/rides',
      method: 'POST',
      url: 'refresh',
      json: { month: '{{ month }}' },
      expected: ['202'],
    },
    { url: 'https://example.org/export', answer: 'file', name: 'export.csv', size_limit: '500 MB', time_limit: '10m' },
  ],
  traits: { effect: true },
  run: async (context) => {
    const { config, log } = context
    const request = await buildRequest(context)
    const { status, headers, body, file } = await exchange(context, request)
    const size = file ? ` with ${formatBytes(file.bytes)} as ${file.name}` : ''
    log.info(`${config.method} ${shownUrl(request.url)} answered ${status}${size}`)
    return {
      status: { kind: 'value', value: status },
      headers: { kind: 'value', value: headers },
      ...(body !== undefined && { body: { kind: 'value' as const, value: body } }),
      ...(file && { file }),
    }
  },
})
