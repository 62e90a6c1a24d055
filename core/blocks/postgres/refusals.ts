import { Refused, type FailureCode } from '#core/model/failure.ts'
import type { PostgresTarget } from './target.ts'

/** What went wrong and what to do; the stages of the block's test show the two apart. */
export type Explained = {
  readonly code: FailureCode
  readonly message: string
  readonly remedy: string
  readonly retryable: boolean
}

/** Whether the connection is gone, and with it what was not committed. */
export class PostgresRefused extends Refused {
  /** PostgreSQL's code of the error, or Node's, or none. */
  readonly sqlState: string
  readonly explained: Explained
  readonly isLost: boolean

  constructor(explained: Explained, { cause, detail }: { cause: unknown; detail?: string | undefined }) {
    const { code, message, remedy, retryable } = explained
    const whole = remedy === '' ? message : `${message} ${remedy}`
    super({ code, message: whole, retryable, ...(detail !== undefined && { detail }) }, { cause })
    this.explained = explained
    this.sqlState = textOf(cause, 'code')
    this.isLost = isLost(cause)
  }
}

export const refusalOf = (cause: unknown, target: PostgresTarget): Refused => {
  if (cause instanceof Refused) return cause
  return new PostgresRefused(explain(cause, target), { cause, detail: detailOf(cause) })
}

const textOf = (error: unknown, name: string): string => {
  if (typeof error !== 'object' || error === null) return ''
  const value: unknown = Reflect.get(error, name)
  return typeof value === 'string' ? value : ''
}

const sentence = (text: string): string => {
  const trimmed = text.trim().replaceAll(/\s*\n\s*/g, ' ')
  const capital = trimmed.charAt(0).toUpperCase() + trimmed.slice(1)
  return /[.!?]$/.test(capital) ? capital : `${capital}.`
}

const detailOf = (error: unknown): string | undefined => {
  const parts = ['detail', 'hint', 'where'].map((name) => textOf(error, name)).filter((text) => text !== '')
  return parts.length === 0 ? undefined : parts.join('\n')
}

/** Ends of the connection: PostgreSQL's own, and those that the network tells. */
const lostCodes = new Set(['57P01', '57P02', '57P03', '57P05', '08000', '08001', '08003', '08004', '08006', 'ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ETIMEDOUT', 'ECONNABORTED', 'ENETUNREACH', 'EHOSTUNREACH', 'ENETDOWN']) // prettier-ignore

const isLost = (error: unknown): boolean =>
  lostCodes.has(textOf(error, 'code')) ||
  /Connection terminated|not queryable|timeout expired/.test(textOf(error, 'message'))

const certificateCodes = /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_|CERT_)/

type Explanation = Omit<Explained, 'retryable'> & { readonly retryable?: boolean }

const explain = (error: unknown, target: PostgresTarget): Explained => {
  const code = textOf(error, 'code')
  const message = textOf(error, 'message')
  const known = explainNetwork(code, message, target) ?? explainSignIn(code, message, target) ?? explainSql(code, error)
  return { retryable: false, ...known }
}

const explainNetwork = (code: string, message: string, target: PostgresTarget): Explanation | null => {
  const place = `${target.host}:${target.port}`
  const unavailable = { code: 'unavailable', retryable: true } as const
  if (code === 'ENOTFOUND') {
    return { ...unavailable, message: `There is no machine named “${target.host}”.`, remedy: 'Check the host.' }
  }
  if (code === 'EAI_AGAIN') {
    return {
      ...unavailable,
      message: `The name “${target.host}” could not be looked up.`,
      remedy: 'Check the host and the network; a later try may succeed.',
    }
  }
  if (code === 'ECONNREFUSED' || code === 'ENOENT') {
    return {
      ...unavailable,
      message: `Nothing answers at ${place}.`,
      remedy: 'Start PostgreSQL there, or check the host and port.',
    }
  }
  if (/timeout expired/.test(message) || code === 'ETIMEDOUT' || code === 'EHOSTUNREACH' || code === 'ENETUNREACH') {
    return {
      ...unavailable,
      message: `${place} did not answer in time.`,
      remedy: 'Check the host, the port and the firewalls on the way; a later try may succeed.',
    }
  }
  return explainTls(code, message, target) ?? explainLoss(code, message, target)
}

const explainTls = (code: string, message: string, target: PostgresTarget): Explanation | null => {
  if (/does not support SSL/.test(message)) {
    return {
      code: 'invalid',
      message: 'The server does not encrypt connections.',
      remedy: 'Set the encryption to prefer or disable, or switch TLS on at the server.',
    }
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return {
      code: 'denied',
      message: `The server’s certificate is not for “${target.host}”.`,
      remedy: 'Use the host name that the certificate is for, or verify-ca, which does not look at the name.',
    }
  }
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') {
    const when = code === 'CERT_HAS_EXPIRED' ? 'has expired' : 'is not valid yet'
    return { code: 'denied', message: `The server’s certificate ${when}.`, remedy: 'Renew it at the server.' }
  }
  if (certificateCodes.test(code)) {
    return {
      code: 'denied',
      message: 'The server’s certificate comes from an authority that is not trusted.',
      remedy: 'Give its certificate as the certificate authority, or choose require, which trusts any.',
    }
  }
  if (/^(ERR_SSL|ERR_OSSL|EPROTO)/.test(code)) {
    return {
      code: 'invalid',
      message: 'The encrypted connection could not be made.',
      remedy: 'Is the certificate authority PEM text, and does the server speak TLS 1.2 or newer?',
    }
  }
  return null
}

const explainLoss = (code: string, message: string, target: PostgresTarget): Explanation | null => {
  if (code === '57P03') {
    const what = sentence(message)
    return { code: 'unavailable', retryable: true, message: what, remedy: 'A later try may succeed.' }
  }
  if (!isLost({ code, message })) return null
  return {
    code: 'unavailable',
    retryable: true,
    message: `The connection to ${target.host}:${target.port} was lost${code === '57P01' ? ': the server ended it' : ''}.`,
    remedy: 'What was not committed is undone; a later try may succeed.',
  }
}

const explainSignIn = (code: string, message: string, target: PostgresTarget): Explanation | null => {
  const { user, database } = target
  switch (code) {
    case '28P01':
      return { code: 'denied', message: `The password of “${user}” is wrong, or there is no such user.`, remedy: 'Set the password again.' } // prettier-ignore
    case '28000':
      if (/pg_hba/.test(message)) {
        const plain = /no encryption|SSL off/.test(message) && target.tls !== 'disable'
        return {
          code: 'denied',
          message: `The server lets “${user}” into “${database}” neither from here nor this way (no entry in its pg_hba.conf).`,
          remedy: `Add an entry at the server, or ${target.tls === 'disable' ? 'choose require as the encryption' : plain ? 'switch TLS on at the server' : 'connect as a user that it lets in'}.`,
        }
      }
      return { code: 'denied', message: sentence(message), remedy: 'Check the user and its right to sign in.' }
    case '3D000':
      return { code: 'not-found', message: `There is no database “${database}”.`, remedy: 'Create it, or correct its name.' } // prettier-ignore
    case '53300':
      return explainFull(message, target)
    default:
      return null
  }
}

const explainFull = (message: string, { user, database }: PostgresTarget): Explanation => {
  const whose = /for role/.test(message)
    ? `“${user}”`
    : /for database/.test(message)
      ? `the database “${database}”`
      : null
  if (whose === null) {
    return {
      code: 'unavailable',
      retryable: true,
      message: 'The server has no connection left.',
      remedy: 'Close others or raise max_connections; a later try may succeed.',
    }
  }
  return {
    code: 'unavailable',
    retryable: true,
    message: `The server lets ${whose} have no more connections at once.`,
    remedy: 'Close others or have its CONNECTION LIMIT raised; a later try may succeed.',
  }
}

/** By the first two characters of PostgreSQL's code, unless the whole code stands here. */
const codes: Readonly<Record<string, { code: FailureCode; retryable?: true }>> = {
  '22': { code: 'data' },
  '23': { code: 'data' },
  '25': { code: 'invalid' },
  '25006': { code: 'denied' },
  '28': { code: 'denied' },
  '40': { code: 'unavailable', retryable: true },
  '42': { code: 'invalid' },
  '42501': { code: 'denied' },
  '42P01': { code: 'not-found' },
  '3F000': { code: 'not-found' },
  '42703': { code: 'not-found' },
  '53': { code: 'limit' },
  '53100': { code: 'limit' },
  '54': { code: 'limit' },
  '55P03': { code: 'conflict', retryable: true },
  '55006': { code: 'conflict', retryable: true },
  '57014': { code: 'timed-out' },
  '58': { code: 'unavailable', retryable: true },
  P0: { code: 'data' },
  '0A': { code: 'invalid' },
  '2B': { code: 'conflict' },
}

const explainSql = (code: string, error: unknown): Explanation => {
  const message = textOf(error, 'message')
  if (code === '') return { code: 'bug', message: message || String(error), remedy: '' }
  const { code: failure, retryable } = codes[code] ?? codes[code.slice(0, 2)] ?? { code: 'invalid' as const }
  const [first, ...more] = [message, textOf(error, 'detail')].filter((text) => text !== '').map(sentence)
  const parts = [placeOf(textOf(error, 'where')), first, ...more].filter((part) => part !== undefined)
  const hint = textOf(error, 'hint')
  return {
    code: failure,
    ...(retryable && { retryable }),
    message: parts.join(' '),
    remedy: remedyOf(code) || (hint === '' ? '' : sentence(hint)),
  }
}

/** `COPY rides, line 3, column fare` says where in the rows the fault is. */
const placeOf = (where: string): string | undefined => {
  const [, line, column] = /COPY .*?, line (\d+)(?:, column ([^:\n]+))?/.exec(where) ?? []
  if (line === undefined) return undefined
  const row = `Row ${Number(line).toLocaleString('en-US')} of the load`
  return column === undefined ? `${row}:` : `${row}, column “${column}”:`
}

const remedyOf = (code: string): string => {
  switch (code) {
    case '42501':
      return 'Ask the owner for the right, or sign in as another user.'
    case '22021':
      return "Text of PostgreSQL holds no NUL character: take it out (table.select), for example with replace(x, chr(0), '')."
    case '25006':
      return 'This user or server is for reading only: sign in as one that may write, or name the primary server.'
    case '57014':
      return 'Raise the time-out, or do less at once.'
    case '53100':
      return 'Make room on the server’s disk.'
    case '2BP01':
      // PostgreSQL's own hint is CASCADE, which takes the others away too.
      return 'Make the rows fit the table (table.select), so that it stays and is only emptied; or take away first what depends on it.'
    default:
      return ''
  }
}
