import { answerOf } from './answer.ts'
import type { GoogleEndpoints } from './environment.ts'
import { explainNetwork } from './explain-network.ts'
import { GoogleRefused } from './google-refused.ts'
import { openWire } from './wire.ts'

const googleToken = 'https://oauth2.googleapis.com/token'

/** Milliseconds that this machine's clock is ahead of the one where it signs in; Google tells the time in every answer. */
export const readClock = async ({ token }: GoogleEndpoints, signal: AbortSignal): Promise<number> => {
  const date = await dateAt(token ?? googleToken, signal)
  // A header tells whole seconds: half of one is the best guess.
  return date === null ? 0 : Date.now() - (Date.parse(date) + 500)
}

const patience = 15_000

const dateAt = async (url: string, signal: AbortSignal): Promise<string | null> => {
  const wire = openWire()
  const soon = AbortSignal.any([signal, AbortSignal.timeout(patience)])
  try {
    const answer = await wire.send({ method: 'HEAD', url, headers: {}, signal: soon })
    answer.body.resume()
    return answer.header('date')
  } catch (error) {
    signal.throwIfAborted()
    const answer = { ...answerOf(error), status: null }
    const explained = explainNetwork(answer, 'Google’s sign-in (oauth2.googleapis.com)')
    throw explained ? new GoogleRefused(explained, answer) : error
  } finally {
    wire.close()
  }
}
