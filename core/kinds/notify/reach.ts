import type { TestStage } from '#core/model/block.ts'
import type { Http } from '../http/http.ts'
import { staged } from '../staged.ts'
import { probe } from './probe.ts'

export type Reach = {
  readonly http: Http
  readonly address: () => Promise<URL>
  readonly certificates?: string | undefined
  readonly signal: AbortSignal
}

/** The stages that every web address has in common: is it one, and does its server answer. It is not asked for the address itself. */
export async function* reachStages({
  http,
  address,
  certificates,
  signal,
}: Reach): AsyncGenerator<TestStage, URL | null> {
  const found = await staged('Address', address, ({ protocol, host }) => `An address of ${protocol}//${host}.`)
  yield found.stage
  if (!found.value) return null
  const url = found.value
  const root = new URL('/', url)
  const reached = await staged(
    'Reach the server',
    () => probe(http, { method: 'HEAD', url: root, certificates, signal }),
    () => `${url.host} answers${url.protocol === 'https:' ? ' over TLS' : ''}.`,
  )
  yield reached.stage
  return reached.value === null ? null : url
}

/** The end of a test that sends nothing. */
export const notSent: TestStage = {
  stage: 'Message',
  ok: true,
  duration: 0,
  message: 'Nothing was sent. Send a test message to see it arrive.',
}
