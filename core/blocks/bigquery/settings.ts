import { z } from 'zod'
import { credentialsSetting } from '#core/google/credentials.ts'
import { field } from '#core/kinds/field.ts'

export const bigquerySettings = z.object({
  project: field
    .text({
      title: 'Project',
      help: 'The project’s id. Left out, that of the credentials.',
      placeholder: 'ny-rides',
      key: true,
    })
    .regex(/^[a-z][a-z0-9.:-]*$/, 'A project id: lower-case letters, digits, hyphens')
    .optional(),
  dataset: field
    .text({ title: 'Dataset', help: 'Where tables are that are named without one.', placeholder: 'trips', key: true })
    .regex(/^\w+$/, 'A dataset: letters, digits, underscores'),
  location: field
    .text({
      title: 'Location',
      help: 'Of the dataset: EU, US, europe-west6 … Left out, it is asked for; US where it is made.',
      placeholder: 'EU',
    })
    .regex(/^[A-Za-z]+(-[a-z]+\d*)*$/, 'A location such as EU or europe-west6')
    .optional(),
  gcp_credentials: credentialsSetting,
  create_dataset: field
    .boolean({
      title: 'Create it when missing',
      help: 'The first load creates the dataset, as does a test of this block that may write. Its test offers that too.',
    })
    .default(false),
  maximum_bytes_billed: field
    .bytes({
      title: 'Maximum bytes billed',
      help: 'A query or statement that would be billed more fails before it runs, and costs nothing. For example 10 GiB.',
      placeholder: '10 GiB',
    })
    .optional(),
})

export type BigQuerySettings = z.output<typeof bigquerySettings>
