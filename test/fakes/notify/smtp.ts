import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { createSecureContext, TLSSocket } from 'node:tls'
import { onTestFinished } from 'vitest'

export type SmtpOptions = {
  /** PEM texts; without them it speaks no TLS. */
  readonly tls?: { readonly certificate: string; readonly key: string }
  /** Encrypted from the first byte. */
  readonly implicit?: true
  /** Who may sign in; without it nobody need. */
  readonly user?: { readonly name: string; readonly password: string }
  /** By command (`CONNECT`, `EHLO`, `MAIL`, `RCPT`, `DATA`, `.`): what is answered instead; null breaks the connection off, and `silence` says nothing. */
  readonly instead?: (command: string, line: string) => string | null | undefined
}

export const silence = 'silence'

export type Mail = {
  readonly from: string
  readonly to: readonly string[]
  readonly content: string
  readonly isEncrypted: boolean
  readonly user: string | null
}

export type SmtpServer = {
  readonly port: number
  readonly mails: readonly Mail[]
  readonly commands: readonly string[]
}

/** A mail server on this machine for one test: STARTTLS or TLS, AUTH PLAIN and LOGIN, refusals. */
export const startSmtp = async (options: SmtpOptions = {}): Promise<SmtpServer> => {
  const mails: Mail[] = []
  const commands: string[] = []
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    const state: Talk = {
      options,
      mails,
      commands,
      user: null,
      from: '',
      to: [],
      isEncrypted: options.implicit === true,
    }
    talk(options.implicit ? encrypted(socket, options) : socket, state, 'CONNECT')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return { port: (server.address() as AddressInfo).port, mails, commands }
}

type Talk = {
  readonly options: SmtpOptions
  readonly mails: Mail[]
  readonly commands: string[]
  user: string | null
  from: string
  to: string[]
  isEncrypted: boolean
  /** Takes the next lines instead of the commands. */
  taking?: ((line: string) => string | null) | undefined
}

const encrypted = (socket: Socket, { tls }: SmtpOptions): Socket => {
  if (!tls) throw new Error('It has no certificate.')
  const secure = new TLSSocket(socket, {
    isServer: true,
    secureContext: createSecureContext({ cert: tls.certificate, key: tls.key }),
  })
  secure.on('error', () => undefined)
  return secure
}

const talk = (socket: Socket, state: Talk, opening: 'CONNECT' | null): void => {
  let waiting = ''
  const say = (answer: string | null) => {
    if (answer === null) socket.destroy()
    else if (answer !== silence) socket.write(`${answer}\r\n`)
  }
  const answer = (line: string) => {
    if (state.taking) {
      const said = state.taking(line)
      if (said !== null) say(said)
      return
    }
    const command = line.split(/[ :]/)[0]?.toUpperCase() ?? ''
    state.commands.push(command)
    const instead = state.options.instead?.(command, line)
    if (instead !== undefined) return say(instead)
    if (command === 'STARTTLS' && state.options.tls) {
      say('220 go ahead')
      socket.removeAllListeners('data')
      state.isEncrypted = true
      return talk(encrypted(socket, state.options), state, null)
    }
    say(answerTo(command, line, state))
    if (command === 'QUIT') socket.end()
  }
  socket.on('data', (chunk: Buffer) => {
    const lines = (waiting + chunk.toString('utf8')).split('\r\n')
    waiting = lines.pop() ?? ''
    for (const line of lines) answer(line)
  })
  if (opening)
    say(
      state.options.instead?.('CONNECT', '') === undefined
        ? '220 mail.example.org ESMTP'
        : (state.options.instead('CONNECT', '') ?? null),
    )
}

const answerTo = (command: string, line: string, state: Talk): string => {
  const { options } = state
  switch (command) {
    case 'EHLO':
      return ['250-mail.example.org', ...offers(state), '250 8BITMIME'].join('\r\n')
    case 'AUTH':
      return signIn(line, state)
    case 'MAIL':
      if (options.user && state.user === null) return '530 5.7.0 Authentication required'
      state.from = addressIn(line)
      return '250 ok'
    case 'RCPT':
      state.to.push(addressIn(line))
      return '250 ok'
    case 'DATA':
      state.taking = message(state)
      return '354 go ahead'
    case 'QUIT':
      return '221 bye'
    case 'RSET':
    case 'NOOP':
      return '250 ok'
    default:
      return '502 5.5.1 Command not implemented'
  }
}

const offers = ({ options, isEncrypted }: Talk): string[] => [
  ...(options.tls && !isEncrypted ? ['250-STARTTLS'] : []),
  ...(options.user ? ['250-AUTH PLAIN LOGIN'] : []),
]

const addressIn = (line: string): string => /<([^>]*)>/.exec(line)?.[1] ?? ''

const signIn = (line: string, state: Talk): string => {
  const [, , initial = ''] = line.split(' ')
  const [, name, password] = Buffer.from(initial, 'base64').toString('utf8').split('\0')
  const { user } = state.options
  if (user?.name !== name || user?.password !== password) return '535 5.7.8 Username and Password not accepted'
  state.user = name ?? null
  return '235 2.7.0 Accepted'
}

const message = (state: Talk) => {
  const lines: string[] = []
  return (line: string): string | null => {
    if (line !== '.') {
      lines.push(line.startsWith('..') ? line.slice(1) : line)
      return null
    }
    state.taking = undefined
    const { options, mails, from, to, isEncrypted, user } = state
    const instead = options.instead?.('.', '')
    if (instead !== undefined) return instead
    mails.push({ from, to: [...to], content: lines.join('\n'), isEncrypted, user })
    state.to = []
    return '250 2.0.0 queued as 4711'
  }
}
