import { defineBlock } from '#core/kinds/block-type.ts'
import { credentialsSettings, credentialsType, keyField, readCredentials } from '#core/google/credentials.ts'
import { factsOfKey } from '#core/google/service-account-key.ts'
import { signInStages } from '#core/google/stages.ts'

export const gcpCredentialsBlock = defineBlock({
  type: credentialsType,
  version: 1,
  title: 'Google Cloud credentials',
  summary: 'A service account’s key, or this machine’s own sign-in, for buckets and BigQuery.',
  icon: 'key-round',
  config: credentialsSettings,
  secrets: {
    [keyField]: {
      title: 'Service account key',
      help: 'The JSON file that Google gave: drop it, choose it, or paste what is in it. It is kept in the keychain and never shown again.',
      optional: true,
      multiline: true,
      file: true,
    },
  },
  needs: ({ source }) => (source === 'key' ? [keyField] : []),
  capabilities: [],
  facts: { [keyField]: factsOfKey },
  examples: [
    {},
    { project: 'ny-rides' },
    { source: 'file', service_account_file: '~/keys/zoom.json' },
    { source: 'application-default' },
  ],
  docs: `
Signs in at Google Cloud for blocks that name this one: buckets (\`gcs-bucket\`) and BigQuery (\`bigquery\`).

**A service account’s key** is the usual way. In the [Google Cloud console](https://console.cloud.google.com/iam-admin/serviceaccounts):

1. IAM & Admin › Service Accounts › Create service account.
2. Give it the roles its flows need. For the flows that come with Millrace: *Storage Admin* (buckets and what is in them),
   *BigQuery Data Editor* and *BigQuery Job User*. *Storage Object Admin* is enough where the bucket exists.
3. The account › Keys › Add key › Create new key › JSON. A file is downloaded once.
4. Drop that file here. Delete the download afterwards: whoever has it is this account.

With \`gcloud\`:

\`\`\`
gcloud iam service-accounts create flows
gcloud projects add-iam-policy-binding PROJECT --member=serviceAccount:flows@PROJECT.iam.gserviceaccount.com --role=roles/storage.admin
gcloud iam service-accounts keys create key.json --iam-account=flows@PROJECT.iam.gserviceaccount.com
\`\`\`

**A key file** (\`source: file\`) is read from its path each time, and is not copied into the keychain.

**Application default** uses what \`gcloud auth application-default login\` has left on this machine, the file that
\`GOOGLE_APPLICATION_CREDENTIALS\` names, or the account of a machine in Google’s cloud.

Scripts get the key by \`with.secrets: { GOOGLE_KEY: block:gcp-credentials/NAME#${keyField} }\`.
`.trim(),
  test: (context) => signInStages(() => readCredentials(context), { service: null, signal: context.signal }),
})
