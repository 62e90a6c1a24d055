import { z } from 'zod'
import { field } from '#core/kinds/field.ts'
import { holdsSignIn } from '#core/kinds/http/plain-secrets.ts'
import { Refused } from '#core/model/failure.ts'

export const repositorySettings = z.object({
  repository: field
    .text({
      title: 'Repository',
      help: 'owner/name on GitHub, or the https: address of one elsewhere (GitHub Enterprise, GitLab).',
      placeholder: 'octocat/flows',
      key: true,
    })
    .min(1)
    .refine(
      (address) => !holdsSignIn(address) && !/[?#]/.test(address),
      'It holds more than an address. Give the token as the secret “token” (--stdin token), and its user as “user”',
    ),
  reference: field
    .text({
      title: 'Reference',
      help: 'A branch, a tag or a whole commit. Default: the default branch.',
      placeholder: 'main',
      key: true,
    })
    .regex(/^(?!-)(?!.*\.\.)[\w./@+#-]+$/, 'A branch, a tag, or a commit of 40 digits')
    .optional(),
  path: field
    .text({
      title: 'Path',
      help: 'Only this folder is fetched. Names of files are from the root of the repository all the same.',
    })
    .refine((path) => !path.split('/').includes('..'), 'A folder in the repository, without ..')
    .default(''),
  user: field
    .text({ title: 'User', help: 'What goes with the token: as it is for GitHub, oauth2 for GitLab.' })
    .min(1)
    .default('x-access-token'),
  certificates: field
    .multiline({
      title: 'Certificates',
      help: 'Further authorities to trust, for a server inside a company: PEM text, or the full path of a file with it.',
    })
    .min(1)
    .optional(),
})
export type RepositorySettings = z.output<typeof repositorySettings>

const short = /^[A-Za-z0-9][A-Za-z0-9-]*\/[A-Za-z0-9._-]+$/

/** Where it is fetched from; never with a user or a token in it. */
export const addressOf = ({ repository }: RepositorySettings): URL => {
  // A token may stand in it.
  const refuse = (why: string) => new Refused({ code: 'invalid', message: `The repository ${why}` })
  if (short.test(repository)) return new URL(`https://github.com/${repository.replace(/\.git$/, '')}.git`)
  if (/^(ssh:|[\w.-]+@[\w.-]+:)/.test(repository))
    throw new Refused({
      code: 'invalid',
      message:
        'Repositories are fetched over https:, not over SSH. Give owner/name or the https: address, and an access token.',
    })
  if (!URL.canParse(repository)) throw refuse('is neither owner/name nor an address.')
  const url = new URL(repository)
  if (!['https:', 'http:', 'file:'].includes(url.protocol))
    throw refuse(`begins with ${url.protocol}, which cannot be fetched. Give an https: address.`)
  if (url.username !== '' || url.password !== '')
    throw new Refused({
      code: 'invalid',
      message: 'The address of the repository holds a user or a password. Set the token as the secret “token” instead.',
    })
  return url
}
