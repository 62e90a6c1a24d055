import { credentialsOf } from '#core/google/credentials.ts'
import { signIn, type GoogleSignIn } from '#core/google/client.ts'
import { storageEmulator } from '#core/google/environment.ts'
import type { BlockContext } from '#core/kinds/block-type.ts'
import { folderOf } from './names.ts'
import type { GcsSettings } from './settings.ts'

/** Which bucket, where in it, and as whom. */
export type GcsTarget = {
  readonly bucket: string
  /** With `/` at its end, or empty. */
  readonly folder: string
  readonly google: GoogleSignIn
  /** Without a slash at its end. */
  readonly endpoint: string
  readonly createBucket: boolean
  readonly bucketLocation: string
  /** A line for whoever waits. */
  tell(message: string): void
  /** Milliseconds for which something that fails is tried again before it counts as failed. */
  readonly patience: number
  /** Milliseconds before the first try again; each pause is twice as long as the one before. */
  readonly pause: number
}

const waiting = { patience: 120_000, pause: 250 }

export const targetOf = async (context: BlockContext<GcsSettings>, google?: GoogleSignIn): Promise<GcsTarget> => {
  const { settings } = context
  const signedIn = google ?? (await signIn(await credentialsOf(context, settings.gcp_credentials), 'storage'))
  const { storage } = signedIn.endpoints
  if (storage !== null) context.warn?.(`This bucket is not Google’s: ${storageEmulator} says ${storage}.`)
  return {
    bucket: settings.bucket,
    folder: folderOf(settings.bucket_folder),
    google: signedIn,
    endpoint: storage ?? `https://storage.${signedIn.authClient.universeDomain}`,
    createBucket: settings.create_bucket,
    bucketLocation: settings.location,
    tell: (message) => context.note?.(message),
    ...waiting,
  }
}

/** `gs://bucket/folder`: for logs and the catalogue. */
export const locationOf = ({ bucket, folder }: GcsTarget): string => `gs://${bucket}/${folder}`.replace(/\/$/, '')
