import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { resolve } from 'node:path'
import { z } from 'zod'
import type { BlockContext } from '#core/kinds/block-type.ts'
import { field } from '#core/kinds/field.ts'
import { inUserFolder } from '#core/kinds/user-folder.ts'
import { Refused } from '#core/model/failure.ts'
import { parseServiceAccountKey, type ServiceAccountKey } from './service-account-key.ts'

/** Who signs in: the account of a key, or whoever this machine is signed in as. */
export type GoogleCredentials =
  | { readonly source: 'key'; readonly key: ServiceAccountKey; readonly project: string | null }
  | { readonly source: 'application-default'; readonly project: string | null }

/** The block type that other blocks name, and its secret field. */
export const credentialsType = 'gcp-credentials'
export const keyField = 'service_account_info'

/** For blocks that use Google's services. */
export const credentialsSetting = field
  .block({
    title: 'Credentials',
    help: 'Without them this machine’s application default credentials are used.',
    blocks: [credentialsType],
  })
  .optional()

/** Names as Prefect has them. */
export const credentialsSettings = z.object({
  source: field
    .choice(['key', 'file', 'application-default'], {
      title: 'Source',
      help: 'A service account’s key kept in the keychain; a key file read from its path each time; or whoever this machine is signed in as (gcloud auth application-default login).',
    })
    .default('key'),
  service_account_file: field
    .path({
      title: 'Key file',
      help: 'For “file”: its path. Relative means below Millrace’s home.',
      placeholder: '~/keys/zoom.json',
    })
    .optional(),
  project: field
    .text({ title: 'Project', help: 'The project’s id. Left out, that of the key.', placeholder: 'ny-rides' })
    .regex(/^[a-z][a-z0-9.:-]*$/, 'A project id: lower-case letters, digits, hyphens')
    .optional(),
})

export type CredentialsSettings = z.output<typeof credentialsSettings>

type Source = {
  readonly settings: CredentialsSettings
  secret(field: string): Promise<string>
  readonly home: string
} & Pick<BlockContext<unknown>, 'mask'>

export const readCredentials = async ({ settings, secret, home, mask }: Source): Promise<GoogleCredentials> => {
  const project = settings.project ?? null
  if (settings.source === 'application-default') return { source: 'application-default', project }
  const text = settings.source === 'key' ? await secret(keyField) : await keyFile(settings.service_account_file, home)
  const key = parseServiceAccountKey(text)
  // Only now: of a wrong file it would black out whatever stands in it.
  mask?.(text)
  return { source: 'key', key, project: project ?? key.project }
}

/** Of the block that a setting of this one names; without one, application default. */
export const credentialsOf = async (
  { block, home, mask }: Pick<BlockContext<unknown>, 'block' | 'home' | 'mask'>,
  reference: string | undefined,
): Promise<GoogleCredentials> => {
  if (reference === undefined) return { source: 'application-default', project: null }
  const { type, settings, secret } = await block(reference)
  if (type !== credentialsType)
    throw new Refused({
      code: 'invalid',
      message: `“${reference}” holds no credentials of Google. Choose a ${credentialsType} block.`,
    })
  return readCredentials({ settings: credentialsSettings.parse(settings), secret, home, ...(mask && { mask }) })
}

const keyFile = async (given: string | undefined, home: string): Promise<string> => {
  if (given === undefined)
    throw new Refused({
      code: 'invalid',
      message: 'The source is “file”, but no path is given. Give the path of the key file.',
    })
  const path = resolve(home, inUserFolder(given, homedir()))
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    const message = `The key file ${path} cannot be read. Is it there, and may you read it?`
    throw new Refused({ code: 'not-found', message }, { cause })
  }
}
