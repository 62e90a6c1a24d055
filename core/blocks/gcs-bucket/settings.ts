import { z } from 'zod'
import { credentialsSetting } from '#core/google/credentials.ts'
import { field } from '#core/kinds/field.ts'

export const gcsSettings = z.object({
  bucket: field
    .text({
      title: 'Bucket',
      help: 'Its name, without gs://. Names are shared by all of Google’s customers.',
      placeholder: 'ny-rides-lake',
      key: true,
    })
    .regex(
      /^[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$/,
      'A bucket’s name: lower-case letters, digits, - _ and dots, without gs://',
    ),
  bucket_folder: field
    .text({
      title: 'Folder',
      help: 'All objects lie below it. Left out, the top of the bucket.',
      placeholder: 'raw/',
    })
    .refine((text) => !text.split(/[/\\]/).includes('..'), 'A folder without “..”')
    .default(''),
  gcp_credentials: credentialsSetting,
  create_bucket: field
    .boolean({
      title: 'Create it when missing',
      help: 'The first upload creates the bucket, as does a test of this block that may write. Its test offers that too.',
    })
    .default(false),
  location: field
    .text({
      title: 'Location',
      help: 'Where the bucket is made: EU, US, europe-west6 … It cannot be changed afterwards, and BigQuery’s dataset must be in the same one.',
      placeholder: 'EU',
    })
    .regex(/^[A-Za-z]+(-[a-z]+\d*)*$/, 'A location such as EU or europe-west6')
    .default('US'),
})

export type GcsSettings = z.output<typeof gcsSettings>
