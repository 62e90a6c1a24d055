import { Refused } from '#core/model/failure.ts'
import { answerOf, type GoogleAnswer } from './answer.ts'
import type { GoogleCredentials } from './credentials.ts'
import { explainNetwork } from './explain-network.ts'
import { GoogleRefused, type Explained } from './google-refused.ts'

/** A mistake of ours stays what it is. */
export const signInRefused = (error: unknown, credentials: GoogleCredentials): unknown => {
  if (error instanceof Refused || isBug(error)) return error
  const answer = answerOf(error)
  return new GoogleRefused(explain(answer, credentials), answer)
}

const isBug = (error: unknown): boolean =>
  (error instanceof TypeError || error instanceof ReferenceError) && answerOf(error).network === null

const denied = { code: 'denied', retryable: false } as const

const explain = (answer: GoogleAnswer, credentials: GoogleCredentials): Explained =>
  explainLocal(answer.message) ??
  (answer.reason === 'invalid_grant' || answer.status === 400 || answer.status === 401
    ? explainGrant(answer.message, credentials)
    : null) ??
  explainNetwork(answer, 'Google’s sign-in (oauth2.googleapis.com)') ?? {
    ...denied,
    message: `The sign-in at Google failed: ${answer.message || answer.reason}.`,
    remedy: 'Check the account in the Google Cloud console under IAM & Admin › Service Accounts.',
  }

const logIn = 'Run: gcloud auth application-default login'

/** What the client says before it asks Google. */
const explainLocal = (message: string): Explained | null => {
  if (/could not load the default credentials/i.test(message))
    return {
      ...denied,
      message: 'This machine has no application default credentials.',
      remedy: `${logIn}; or set GOOGLE_APPLICATION_CREDENTIALS to a key file; or choose a key as the source.`,
    }
  if (/does not exist, or it is not a file/i.test(message))
    return {
      ...denied,
      message: 'GOOGLE_APPLICATION_CREDENTIALS names a file that is not there.',
      remedy: 'Correct the variable and start Millrace again, or choose a key as the source.',
    }
  return null
}

const explainGrant = (message: string, credentials: GoogleCredentials): Explained | null =>
  credentials.source === 'key' ? explainKey(message, credentials.key) : explainPerson(message)

const explainKey = (
  message: string,
  { email, keyId, project }: { email: string; keyId: string; project: string },
): Explained | null => {
  if (/timeframe|iat and exp|short-lived/i.test(message))
    return {
      ...denied,
      message: 'Google refused the sign-in because the clock of this machine is wrong.',
      remedy:
        'Set date and time, best by the network (on Linux: timedatectl set-ntp true; in WSL: wsl --shutdown), then try again.',
    }
  if (/account not found|invalid email/i.test(message))
    return {
      ...denied,
      message: `There is no account ${email} any more: it was deleted, or with it the project ${project}.`,
      remedy: 'Make a service account and a key for it, and put that key here.',
    }
  if (/disabled/i.test(message))
    return {
      ...denied,
      message: `The account ${email} is disabled.`,
      remedy: `Let its owner run: gcloud iam service-accounts enable ${email} --project=${project}`,
    }
  if (/signature/i.test(message))
    return {
      ...denied,
      message: `Google does not know the key ${keyId} of ${email}: it was deleted, has ended, or is disabled.`,
      remedy: `See which keys there are: gcloud iam service-accounts keys list --iam-account=${email} --project=${project}. Make a new one and put it here.`,
    }
  return null
}

const explainPerson = (message: string): Explained | null => {
  if (!/expired|revoked|rapt|reauth|invalid_grant|token/i.test(message)) return null
  return {
    ...denied,
    message: 'The application default credentials of this machine have ended or were withdrawn.',
    remedy: logIn,
  }
}
