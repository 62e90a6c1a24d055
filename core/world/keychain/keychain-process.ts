import type { Fork, ForkedProcess } from '#core/world/workers/forked-process.ts'
import { faultOf, type KeychainFault } from './keychain-faults.ts'
import type { FromKeychain, KeychainQuestion, ToKeychain } from './messages.ts'

export type ForkKeychain = Fork<ToKeychain, FromKeychain>

export type KeychainAnswer = { readonly value: string | null } | { readonly fault: KeychainFault }

export type KeychainProcess = {
  /** One question at a time: the caller waits for the answer before the next. Within so many milliseconds. */
  ask(question: KeychainQuestion, deadline: number): Promise<KeychainAnswer>
  close(): void
}

/** Milliseconds after which a process that nobody asks ends. */
const idleTime = 30_000

/**
 * The process that talks to the keychain: started when it is needed, killed when it hangs, and begun anew after any
 * failure, since a connection to a service that was restarted stays broken.
 */
export const keychainProcess = (fork: ForkKeychain, env: Readonly<Record<string, string>>): KeychainProcess => {
  let running: Running | null = null
  let idle: NodeJS.Timeout | undefined
  let isClosed = false

  const end = () => {
    clearTimeout(idle)
    running?.forked.kill()
    running = null
  }
  const askOnce = async (question: KeychainQuestion, deadline: number): Promise<KeychainAnswer> => {
    if (isClosed) return { fault: { state: 'no-service', reason: 'Millrace is ending' } }
    clearTimeout(idle)
    running ??= started(fork(env))
    const answer = await answered(running, question, deadline)
    if ('fault' in answer) end()
    else {
      running.answers += 1
      idle = setTimeout(end, idleTime).unref()
    }
    return answer
  }
  return {
    ask: async (question, deadline) => {
      const wasUsed = (running?.answers ?? 0) > 0
      const answer = await askOnce(question, deadline)
      const mayBeStale = wasUsed && 'fault' in answer && answer.fault.state === 'no-service'
      return mayBeStale ? askOnce(question, deadline) : answer
    },
    close: () => {
      isClosed = true
      end()
    },
  }
}

type Running = {
  readonly forked: ForkedProcess<ToKeychain, FromKeychain>
  answers: number
  last: number
  waiting: ((message: FromKeychain | KeychainFault) => void) | null
}

const started = (forked: ForkedProcess<ToKeychain, FromKeychain>): Running => {
  const running: Running = { forked, answers: 0, last: 0, waiting: null }
  forked.onMessage((message) => {
    if (message.id === running.last) running.waiting?.(message)
  })
  forked.onExit(({ code, signal, stderr }) => {
    const how = signal ?? (code === null ? 'it could not be started' : `code ${code}`)
    const reason = `its process ended: ${how}${stderr === '' ? '' : `, ${stderr.trim().split('\n').at(-1) ?? ''}`}`
    running.waiting?.({ state: 'no-service', reason })
  })
  return running
}

const answered = (running: Running, question: KeychainQuestion, deadline: number): Promise<KeychainAnswer> =>
  new Promise((resolve) => {
    const timer = setTimeout(() => running.waiting?.({ state: 'timed-out', reason: '' }), deadline)
    running.waiting = (message) => {
      clearTimeout(timer)
      running.waiting = null
      resolve(answerOf(message))
    }
    running.last += 1
    running.forked.send({ id: running.last, question })
  })

const answerOf = (message: FromKeychain | KeychainFault): KeychainAnswer => {
  if ('state' in message) return { fault: message }
  switch (message.kind) {
    case 'answer':
      return { value: message.value }
    case 'failed':
      return { fault: faultOf(message.reason) }
    case 'not-installed':
      return { fault: { state: 'not-installed', reason: message.reason.split('\n', 1)[0] ?? '' } }
    default:
      return message satisfies never
  }
}
