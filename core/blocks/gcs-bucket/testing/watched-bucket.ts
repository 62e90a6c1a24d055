import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import { signIn } from '#core/google/client.ts'
import { parseServiceAccountKey } from '#core/google/service-account-key.ts'
import type { StorageClient, StoredObject } from '#core/kinds/capabilities.ts'
import { startGcs, type GcsServer } from '#test/fakes/gcs/server.ts'
import { startSignIn, type Account, type SignInServer } from '#test/fakes/google-sign-in.ts'
import { openGcs } from '../storage.ts'
import type { GcsTarget } from '../target.ts'

type Options = { readonly uploadId?: string; readonly signal?: AbortSignal; progress?(bytes: number): void }

/** A bucket whose server tells what is asked of it; one for each test. */
export type WatchedBucket = {
  /** For files of the test. */
  readonly folder: string
  readonly tokens: SignInServer
  readonly gcs: GcsServer
  storage: StorageClient
  open(changes?: Partial<GcsTarget>, as?: Account): Promise<StorageClient>
  put(name: string, content: string | Buffer, options?: Options): Promise<StoredObject>
  get(name: string): Promise<Buffer>
  /** How often it was asked for. */
  asked(operation: string): number
}

const { signal } = new AbortController()

const settings = { bucket: 'lake', folder: '', createBucket: false, bucketLocation: 'EU' }
/** Tests do not wait. */
const waiting = { patience: 20_000, pause: 5, tell: () => undefined }

export const watchedBucket = (): WatchedBucket => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-gcs-'))
  const held: { tokens?: SignInServer; account?: Account; gcs?: GcsServer; storage?: StorageClient } = {}
  const there = <T>(value: T | undefined): T => {
    if (value === undefined) throw new Error('It is there during a test.')
    return value
  }
  const place: WatchedBucket = {
    folder,
    get tokens() {
      return there(held.tokens)
    },
    get gcs() {
      return there(held.gcs)
    },
    get storage() {
      return there(held.storage)
    },
    set storage(storage) {
      held.storage = storage
    },
    open: async (changes = {}, as = there(held.account)) => {
      const key = parseServiceAccountKey(as.keyFile)
      const endpoints = { storage: place.gcs.url, bigquery: null, token: place.tokens.tokenUri }
      const google = await signIn({ source: 'key', key, project: key.project }, 'storage', endpoints)
      return openGcs({ ...settings, ...waiting, google, endpoint: place.gcs.url, ...changes }, signal)
    },
    put: (name, content, options = {}) => {
      const path = join(folder, 'source')
      writeFileSync(path, content)
      const defaults = { path, name, uploadId: 'run/upload', signal, progress: () => undefined }
      return place.storage.upload({ ...defaults, ...options })
    },
    get: async (name) => {
      const path = join(folder, 'back', 'file')
      await place.storage.download({ name, path, signal, progress: () => undefined })
      return readFileSync(path)
    },
    asked: (wanted) => place.gcs.requests.filter(({ operation }) => operation === wanted).length,
  }
  beforeAll(async () => {
    held.tokens = await startSignIn()
    held.account = held.tokens.account()
  })
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true })
    await held.tokens?.close()
  })
  beforeEach(async () => {
    held.gcs = await startGcs({ signIn: place.tokens, pageSize: 3 })
    held.gcs.createBucket('lake')
    held.storage = await place.open()
    return () => held.gcs?.close()
  })
  return place
}
