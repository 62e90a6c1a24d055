/** HTTP for tasks and blocks. What it throws is Refused: who did not answer, why, and what to do. */
export type Http = { open(request: HttpRequest): Promise<HttpAnswer> }

export type Headers = Readonly<Record<string, string>>

/** What only one origin may see: it stays behind where a redirect leads elsewhere. */
export type Credentials = { readonly origin: string; readonly headers: Headers }

export type HttpRequest = {
  readonly method: string
  readonly url: URL
  readonly headers: Headers
  readonly credentials?: Credentials | undefined
  readonly body?: string | undefined
  /** How long nothing may come; milliseconds. */
  readonly idleTimeout: number
  /** How long all of it may take, the body included; milliseconds. */
  readonly timeLimit?: number | undefined
  /** So many are followed; with none, a redirect is an answer like any other. */
  readonly redirects: number
  /** Further authorities to trust: PEM text, or the full path of a file with it. */
  readonly certificates?: string | undefined
  /** The body as it was before the server packed it (gzip, deflate, br); else as it is sent. */
  readonly unpacks?: true
  /** The path is secret too, as that of a webhook: no message names it. */
  readonly secretPath?: true
  /** What people call the settings of it where there are any: messages say which to change. */
  readonly settings?: { readonly certificates?: string; readonly idleTimeout?: string; readonly timeLimit?: string }
  readonly signal: AbortSignal
  redirected?(to: string): void
}

export type HttpAnswer = {
  readonly status: number
  /** Where it came from, after redirects. */
  readonly url: URL
  /** By names in lower case; those that came several times in one text. */
  readonly headers: Headers
  /** Each time all that has come since the last. Throws Refused where it breaks off. */
  readonly body: AsyncIterable<readonly Uint8Array[]>
  /** The rest of it is not wanted. */
  close(): void
}

/** Without what may be secret in a URL: user, password, query. */
export const shownUrl = (url: URL): string =>
  `${url.protocol}//${url.host}${url.pathname}${url.search === '' ? '' : '?…'}`
