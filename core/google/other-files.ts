import { z } from 'zod'

export const fetchKey =
  'Fetch the JSON key of a service account: in the Google Cloud console IAM & Admin › Service Accounts › the account › Keys › Add key › JSON, or: gcloud iam service-accounts keys create key.json --iam-account=ACCOUNT'

/** What a text is that is no JSON. */
export const explainOtherText = (text: string): string => {
  const found = texts.find(([pattern]) => pattern.test(text))
  return found?.[1] ?? 'This is no JSON, so it is no key of a service account.'
}

const texts: readonly (readonly [RegExp, string])[] = [
  [/^$/, 'This is empty.'],
  [/^<(!doctype|html|\?xml|head|body)/i, 'This is a web page, probably the sign-in page in place of the download.'],
  [/^-----BEGIN CERTIFICATE/, 'This is a certificate, not a key.'],
  [
    /^-----BEGIN [A-Z ]*PRIVATE KEY/,
    'This is a private key alone (PEM). It does not say whose it is: the whole JSON file is needed.',
  ],
  [/^ya29\./, 'This is an access token, which ends within the hour.'],
  [/^AIza[\w-]{30,}$/, 'This is an API key. It identifies a project, and signs nobody in.'],
  [
    /^(~|\.{0,2}[/\\]|[A-Za-z]:[/\\])[^\n]*$/,
    'This is a path. To read the key from a file, choose “file” as the source and give the path there; or give what is in the file.',
  ],
  [
    /^[^\s{]+\.json$/,
    'This is the name of a file. Give what is in it, or choose “file” as the source and give its path.',
  ],
  [/^[\w.+-]+@[\w.-]+\.gserviceaccount\.com$/, 'This is the name of an account, not its key.'],
  [/^ey[JI][A-Za-z0-9+/=\s]+$/, 'This is JSON in base64. Decode it first (base64 -d), and give the result.'],
  // eslint-disable-next-line no-control-regex
  [/[\0-\x08\uFFFD]/, 'This is a binary file, perhaps a P12 key, which Google no longer recommends.'],
  [/^\{[^]*[^}\s]\s*$/, 'This JSON is cut off in the middle: the end is missing.'],
  [/[“”]/, 'This JSON has typographic quotes in it: it went through a word processor or a chat.'],
  [/^\{/, 'This JSON is broken: it was edited, or more was pasted than the file.'],
]

const Text = z.record(z.string(), z.unknown())

/** What a JSON is that is no key file of a service account, or null where it may be one. */
export const explainOtherJson = (json: unknown): string | null => {
  const parsed = Text.safeParse(json)
  if (!parsed.success || Array.isArray(json)) return 'This JSON is no key of a service account: it is not an object.'
  const object = parsed.data
  if (['private_key', 'service_account_info'].some((name) => isMasked(object[name])))
    return 'This is an export in which secret values are masked with asterisks: Prefect shows stored credentials like this. The key is not in it.'
  const { type } = object
  if (typeof type === 'string' && type !== 'service_account')
    return types[type] ?? `This file says it is of type “${type.slice(0, 40)}”, which is no key of a service account.`
  if (type === 'service_account') return null
  const mark = marks.find(([name]) => Object.hasOwn(object, name))
  return mark?.[1] ?? 'This JSON is no key of a service account: its “type” is missing.'
}

const isMasked = (value: unknown): boolean => typeof value === 'string' && /^[*•]+$/.test(value)

const types: Readonly<Record<string, string>> = {
  authorized_user:
    'These are the application default credentials of a person (authorized_user), made by gcloud auth application-default login. To use them on this machine, choose “application-default” as the source; nothing needs to be pasted.',
  external_account:
    'This is a configuration of workload identity federation (external_account); it holds no key. Where this machine is set up for it, choose “application-default” as the source.',
  external_account_authorized_user:
    'These are the credentials of a person of a workforce pool (external_account_authorized_user). Where this machine is set up for it, choose “application-default” as the source.',
  impersonated_service_account:
    'This file lets a person act as a service account (impersonated_service_account); it holds no key. Where this machine is set up for it, choose “application-default” as the source.',
  gdch_service_account: 'This is a key of Google Distributed Cloud, which signs in elsewhere.',
}

/** By a field that only such files have. */
const marks: readonly (readonly [string, string])[] = [
  [
    'installed',
    'This is an OAuth client (client_secret….json) for applications that sign people in, not a key of a service account.',
  ],
  [
    'web',
    'This is an OAuth client (client_secret….json) for web sites that sign people in, not a key of a service account.',
  ],
  ['service_account_info', 'This is a block of Prefect around a key. Give what is under service_account_info.'],
  [
    'privateKeyData',
    'This is an answer of the IAM API. Its privateKeyData is the key in base64: decode it, and give the result.',
  ],
  ['project_info', 'This is a configuration of Firebase for Android (google-services.json).'],
  ['authDomain', 'This is a configuration of a Firebase web app.'],
  ['refresh_token', 'These are OAuth tokens of a person.'],
  ['access_token', 'This is an answer with an access token, which ends within the hour.'],
  ['error', 'This is an error that a server answered, saved in place of the file.'],
]
