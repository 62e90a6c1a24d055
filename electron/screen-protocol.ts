import { protocol } from 'electron'
import { contentSecurityPolicy } from '#core/server/content-security-policy.ts'
import { readScreenFiles } from '#core/server/screen-files.ts'

/** The screen's own scheme: a real origin, so that storage and the policy work, and no file of the machine is in reach. */
export const screenScheme = 'millrace'
const screenOrigin = `${screenScheme}://screen`
export const screenAddress = `${screenOrigin}/index.html`

export const isOurPage = (address: string): boolean => address.startsWith(`${screenOrigin}/`)

/** Before the app is ready. */
export const registerScheme = (): void =>
  protocol.registerSchemesAsPrivileged([
    { scheme: screenScheme, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ])

/** Answers with the files of the built screen and nothing else. */
export const serveScreenFiles = (folder: string): void => {
  const reading = readScreenFiles(folder)
  // Who asks for a file is told.
  reading.catch(() => undefined)
  const policy = contentSecurityPolicy("'none'")
  protocol.handle(screenScheme, async ({ url, method }) => {
    const { host, pathname } = new URL(url)
    const file = host === 'screen' && method === 'GET' ? (await reading).get(pathname) : undefined
    if (!file) return new Response('There is nothing here.', { status: 404 })
    return new Response(new Uint8Array(file.content), {
      headers: {
        'content-type': file.type,
        'content-security-policy': policy,
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
      },
    })
  })
}
