import { defineBlock } from '#core/kinds/block-type.ts'
import { gcsSettings } from './settings.ts'
import { testStages } from './stages.ts'
import { openGcs } from './storage.ts'
import { targetOf } from './target.ts'

export const gcsBucketBlock = defineBlock({
  type: 'gcs-bucket',
  version: 1,
  title: 'Google Cloud Storage bucket',
  summary: 'A bucket, or a folder in it, as a storage: a lake in Google’s cloud.',
  icon: 'cylinder',
  config: gcsSettings,
  secrets: {},
  capabilities: ['storage', 'writable-storage'],
  triesWriting: true,
  examples: [
    { bucket: 'ny-rides-lake', gcp_credentials: 'block:gcp-credentials/zoom' },
    {
      bucket: 'ny-rides-lake',
      bucket_folder: 'raw',
      gcp_credentials: 'block:gcp-credentials/zoom',
      create_bucket: true,
      location: 'EU',
    },
    { bucket: 'ny-rides-lake' },
  ],
  docs: `
Files go into the bucket and come out of it with the \`storage.*\` tasks: choose this block in place of a local folder, and
nothing else changes in a flow.

**What it needs**: a bucket, and an account with rights on it. *Storage Object User* (\`roles/storage.objectUser\`) on the bucket
is enough to list, read, write and replace objects:

\`\`\`
gcloud storage buckets create gs://BUCKET --location=EU
gcloud storage buckets add-iam-policy-binding gs://BUCKET --member=serviceAccount:ACCOUNT --role=roles/storage.objectUser
\`\`\`

The test of this block offers to create a bucket that is missing, and with *Create it when missing* the first upload does;
either needs *Storage Admin* on the project. Names of buckets are shared by all of Google’s customers. A bucket that BigQuery loads from must be in the location of its dataset.

**How it uploads**: in one resumable session for each file. After a broken connection it goes on where Google has the bytes; a
second run of a flow replaces objects, and a repeated try of the same upload changes nothing: it is known by the entry
\`millrace-upload\` in the metadata of the object. An object that somebody else
changes meanwhile is left as they made it. Checksums (CRC32C) are compared on both sides, both ways.
`.trim(),
  openStorage: async (context) => openGcs(await targetOf(context), context.signal),
  test: testStages,
})
