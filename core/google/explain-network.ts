import type { GoogleAnswer } from './answer.ts'
import type { Explained } from './google-refused.ts'

const certificates = /CERT|SELF_SIGNED|UNABLE_TO_/

/** Why no answer came, or one that says to come back later; null for all other answers. */
export const explainNetwork = (answer: GoogleAnswer, place: string): Explained | null => {
  const unavailable = { code: 'unavailable', retryable: true } as const
  const { status, network } = answer
  if (status === 429)
    return {
      ...unavailable,
      message: `${place} refuses more requests for now (429).`,
      remedy: 'Try again later, or do less at once.',
    }
  if (status === 408 || (status !== null && status >= 500))
    return {
      ...unavailable,
      message: `${place} has trouble (HTTP ${status}).`,
      remedy: 'Try again later; status.cloud.google.com tells of outages.',
    }
  if (status === 407)
    return {
      ...unavailable,
      retryable: false,
      message: 'The proxy wants a sign-in.',
      remedy: 'Put user and password into HTTPS_PROXY, or ask who runs it.',
    }
  if (status !== null || network === null) return null
  if (certificates.test(network))
    return {
      ...unavailable,
      retryable: false,
      message: `The certificate of ${place} is not trusted (${network}).`,
      remedy: 'A proxy that looks into connections does this: set NODE_EXTRA_CA_CERTS to its certificate.',
    }
  if (network === 'ENOTFOUND' || network === 'EAI_AGAIN')
    return {
      ...unavailable,
      message: `The name of ${place} could not be looked up.`,
      remedy: 'Check the network, and HTTPS_PROXY where there is a proxy.',
    }
  return {
    ...unavailable,
    message: `${place} could not be reached, or the connection broke (${network}).`,
    remedy: 'Check the network, and HTTPS_PROXY where there is a proxy; a later try may succeed.',
  }
}
