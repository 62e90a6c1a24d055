import type { HttpRequest, Http } from '../http/http.ts'
import { beginningOf } from '../http/read-body.ts'

export type Probe = Pick<HttpRequest, 'url' | 'signal'> & Partial<HttpRequest>

const patience = 15_000

/** A small question to a server, for tests of a connection: its status and the beginning of what it says. */
export const probe = async (
  http: Http,
  { headers, ...request }: Probe,
): Promise<{ readonly status: number; readonly text: string }> => {
  const answer = await http.open({
    method: 'GET',
    idleTimeout: patience,
    timeLimit: patience,
    redirects: 0,
    unpacks: true,
    headers: { 'user-agent': 'Millrace', accept: '*/*', ...headers },
    ...request,
  })
  return { status: answer.status, text: await beginningOf(answer, 200) }
}
