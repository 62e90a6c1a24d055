import { credentialsOf } from '#core/google/credentials.ts'
import { signIn, type GoogleSignIn } from '#core/google/client.ts'
import type { BlockContext } from '#core/kinds/block-type.ts'
import { parseBytes } from '#core/kinds/bytes.ts'
import { Refused } from '#core/model/failure.ts'
import type { BigQuerySettings } from './settings.ts'

export type Target = {
  readonly project: string
  readonly dataset: string
  /** As the settings say; null: as the dataset says. */
  readonly location: string | null
  readonly createDataset: boolean
  readonly mostBytes: number | null
  readonly google: GoogleSignIn
  note(message: string): void
}

export type TableName = { readonly dataset: string; readonly table: string }

export const targetOf = async (context: BlockContext<BigQuerySettings>, google?: GoogleSignIn): Promise<Target> => {
  const { settings, note = () => undefined, warn } = context
  const signedIn = google ?? (await signIn(await credentialsOf(context, settings.gcp_credentials), 'bigquery'))
  const { bigquery } = signedIn.endpoints
  if (bigquery !== null) warn?.(`BigQuery is not Google’s: BIGQUERY_EMULATOR_HOST says ${bigquery}.`)
  const project = settings.project ?? signedIn.project
  if (project === null) {
    throw new Refused({
      code: 'invalid',
      message:
        'Nobody says which project the dataset is in, neither the block nor the credentials. Give the block a project.',
    })
  }
  return {
    project,
    dataset: settings.dataset,
    location: settings.location ?? null,
    createDataset: settings.create_dataset,
    mostBytes: settings.maximum_bytes_billed === undefined ? null : parseBytes(settings.maximum_bytes_billed),
    google: signedIn,
    note,
  }
}

export const locationOf = ({ project, dataset }: Pick<Target, 'project' | 'dataset'>): string =>
  `bigquery://${project}/${dataset}`

export const tableNamed = (into: string, { dataset }: Pick<Target, 'dataset'>): TableName => {
  const [first = '', second] = into.split('.')
  const name = second === undefined ? { dataset, table: first } : { dataset: first, table: second }
  if (/^\w+$/.test(name.dataset) && /^[\p{L}\p{M}\p{N}_ -]+$/u.test(name.table)) return name
  throw new Refused({
    code: 'invalid',
    message: `“${into}” is no name of a table in BigQuery: write table or dataset.table, of letters, digits and underscores.`,
  })
}

/** As GoogleSQL quotes a name. */
export const quoted = (name: string): string => `\`${name.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``

export const qualified = ({ project }: Pick<Target, 'project'>, { dataset, table }: TableName): string =>
  quoted(`${project}.${dataset}.${table}`)
