import { expect, onTestFinished } from 'vitest'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { startBigQuery, type BigQueryServer } from '#test/fakes/bigquery/server.ts'
import { startGcs, type GcsServer } from '#test/fakes/gcs/server.ts'
import { startSignIn, type Account, type SignInServer } from '#test/fakes/google-sign-in.ts'
import { millrace, type CommandOptions, type Ended } from './millrace.ts'
import { workspace, type Workspace } from './workspace.ts'

/** A home with credentials for servers that stand in for Google's, and a bucket there. */
export type GooglePlace = {
  readonly space: Workspace
  readonly signIn: SignInServer
  readonly account: Account
  readonly gcs: GcsServer
  /** For every command on this home. */
  readonly env: Readonly<Record<string, string>>
  call(args: readonly string[], options?: Partial<CommandOptions>): Promise<Ended>
}

/** `block:gcp-credentials/zoom` and `block:gcs-bucket/zoom-gcs`, as a person makes them. */
export const googlePlace = async (): Promise<GooglePlace> => {
  const space = workspace()
  const signIn = await startSignIn()
  const gcs = await startGcs({ signIn })
  onTestFinished(async () => {
    await gcs.close()
    await signIn.close()
  })
  gcs.createBucket('zoom-lake')
  const account = signIn.account('zoom')
  const env = {
    MILLRACE_VAULT_PASSPHRASE: 'a passphrase for this test',
    STORAGE_EMULATOR_HOST: gcs.url,
    MILLRACE_GOOGLE_TOKEN_URI: signIn.tokenUri,
  }
  const call: GooglePlace['call'] = (args, options = {}) =>
    millrace(args, { home: space.home, cwd: space.folder, ...options, env: { ...env, ...options.env } })
  const done = async (args: readonly string[], input = '') => {
    const ended = await call(args, { input })
    expect(ended.exitCode, ended.stderr).toBe(0)
  }
  await done(['config', 'set', 'secrets=vault'])
  await done(['block', 'create', 'gcp-credentials', 'zoom', '--stdin', 'service_account_info'], account.keyFile)
  const bucket = ['--set', 'bucket=zoom-lake', '--set', 'gcp_credentials=block:gcp-credentials/zoom']
  await done(['block', 'create', 'gcs-bucket', 'zoom-gcs', ...bucket])
  return { space, signIn, account, gcs, env, call }
}

export type BigQueryPlace = GooglePlace & { readonly bigquery: BigQueryServer }

/** With `block:bigquery/trips` too: the dataset `trips` in the project of the account. */
export const bigQueryPlace = async (...settings: readonly string[]): Promise<BigQueryPlace> => {
  const place = await googlePlace()
  const folder = mkdtempSync(path.join(tmpdir(), 'millrace-objects-'))
  const bigquery = await startBigQuery({
    whose: place.signIn.whose,
    objects: (uri) => Promise.resolve(fetched(place, folder, uri)),
  })
  onTestFinished(async () => {
    await bigquery.close()
    rmSync(folder, { recursive: true, force: true })
  })
  await bigquery.warehouse.createDataset({ projectId: place.account.project, datasetId: 'trips', location: 'EU' })
  const env = { ...place.env, BIGQUERY_EMULATOR_HOST: bigquery.url }
  const call: GooglePlace['call'] = (args, options = {}) =>
    place.call(args, { ...options, env: { ...env, ...options.env } })
  const given = ['dataset=trips', 'gcp_credentials=block:gcp-credentials/zoom', ...settings].flatMap((one) => [
    '--set',
    one,
  ])
  const made = await call(['block', 'create', 'bigquery', 'trips', ...given])
  expect(made.exitCode, made.stderr).toBe(0)
  return { ...place, bigquery, env, call }
}

/** Objects of the bucket server, as files for the warehouse. */
const fetched = ({ gcs }: GooglePlace, folder: string, uri: string): readonly string[] => {
  const [, bucket = '', pattern = ''] = /^gs:\/\/([^/]+)\/(.+)$/.exec(uri) ?? []
  const names = gcs
    .names(bucket)
    .filter((name) => name === pattern || path.matchesGlob(name, pattern.replace(/\*$/, '**')))
  return names.map((name) => {
    const file = path.join(folder, name.replaceAll('/', '-'))
    writeFileSync(file, gcs.read(bucket, name))
    return file
  })
}
