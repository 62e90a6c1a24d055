import { staged, type Staged, type Told } from '#core/kinds/staged.ts'
import type { TestStage } from '#core/model/block.ts'
import { failureOf } from '#core/model/failure.ts'
import { signIn, type GoogleSignIn } from './client.ts'
import { readClock } from './clock.ts'
import type { GoogleCredentials } from './credentials.ts'
import { googleEndpoints } from './environment.ts'
import { GoogleRefused } from './google-refused.ts'

/** One stage of a test of a block: how long it took and how it went. */
export const tried = <T>(stage: string, work: () => Promise<T>, message: (value: T) => string): Promise<Staged<T>> =>
  staged(stage, work, message, toldOf)

const toldOf = (error: unknown): Told => {
  if (!(error instanceof GoogleRefused)) return { message: failureOf(error).message }
  const { message, remedy } = error.explained
  return remedy === '' ? { message } : { message, remedy }
}

type Service = Parameters<typeof signIn>[1]

/** Up to the first that fails; then null is returned. */
export async function* signInStages(
  read: () => Promise<GoogleCredentials>,
  { service, signal }: { service: Service; signal: AbortSignal },
): AsyncGenerator<TestStage, GoogleSignIn | null> {
  const credentials = await tried('Read the credentials', read, foundIn)
  yield credentials.stage
  if (!credentials.value) return null
  const given = credentials.value
  const isPlain = service !== null && googleEndpoints()[service] !== null && googleEndpoints().token === null
  if (!isPlain) {
    const clock = await tried('Reach Google and compare clocks', () => checkedClock(signal), clockMessage)
    yield clock.stage
    if (!clock.stage.ok) return null
  }
  const signedIn = await tried(
    'Sign in',
    () => signedInAs(given, service, signal),
    ({ identity }) => `As ${identity}.`,
  )
  yield signedIn.stage
  return signedIn.value
}

const foundIn = (credentials: GoogleCredentials): string => {
  if (credentials.source === 'application-default') return 'The application default credentials of this machine.'
  const { email, keyId, project } = credentials.key
  return `The key ${keyId} of ${email}, project ${project}.`
}

const signedInAs = async (credentials: GoogleCredentials, service: Service, signal: AbortSignal) => {
  const found = await signIn(credentials, service)
  await found.headers(signal)
  return found
}

/** Google takes what was signed some minutes ago or ahead, and refuses the rest. */
const allowed = 300_000

const checkedClock = async (signal: AbortSignal): Promise<number> => {
  const ahead = await readClock(googleEndpoints(), signal)
  if (Math.abs(ahead) <= allowed) return ahead
  const explained = {
    code: 'denied',
    retryable: false,
    message: `The clock of this machine is ${minutes(ahead)} ${ahead > 0 ? 'ahead of' : 'behind'} Google’s. Sign-ins are refused beyond five minutes.`,
    remedy: 'Set date and time, best by the network (on Linux: timedatectl set-ntp true; in WSL: wsl --shutdown).',
  } as const
  throw new GoogleRefused(explained, { status: null, reason: '', message: '', network: null })
}

const minutes = (milliseconds: number): string => `${Math.round(Math.abs(milliseconds) / 60_000)} minutes`

const clockMessage = (ahead: number): string => {
  const seconds = Math.round(Math.abs(ahead) / 1000)
  return seconds < 2
    ? 'The clocks agree.'
    : `This machine’s clock is ${seconds} seconds ${ahead > 0 ? 'ahead' : 'behind'}, which is fine.`
}
