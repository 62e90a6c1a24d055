import type { Failure } from '#core/model/failure.ts'
import type { ProcessExit } from './forked-process.ts'

/** What the user is told when a worker process died, by what is known of its end. */
export const crashFailure = ({ code, signal, stderr }: ProcessExit): Failure => ({
  code: 'crashed',
  message: `The worker process ${howItEnded(code, signal)}${help(signal, stderr)}`,
  retryable: true,
  ...(stderr.trim() !== '' && { detail: stderr.trim() }),
})

export const memoryFailure = (used: number, limit: number): Failure => ({
  code: 'crashed',
  message: `The task used ${mebibytes(used)} of memory, over the limit of ${mebibytes(limit)}, and was stopped. Let it work on less at once, or raise the limit.`,
  retryable: true,
})

export const closedFailure: Failure = {
  code: 'crashed',
  message: 'The engine was closed while the task ran.',
  retryable: true,
}

const howItEnded = (code: number | null, signal: string | null): string => {
  if (signal !== null) return `exited with signal ${signal}`
  return code === null ? 'could not be started' : `exited with status ${code}`
}

const help = (signal: string | null, stderr: string): string =>
  stderr.includes('heap out of memory') ? ': its JavaScript heap was full.' : (reasons[signal ?? ''] ?? '.')

const reasons: Readonly<Record<string, string>> = {
  SIGKILL: ': it ran out of memory, or was killed by hand.',
  SIGSEGV: ': a native library failed.',
  SIGBUS: ': a native library failed.',
  SIGILL: ': a native library failed.',
  SIGABRT: ': a native library gave up, often for want of memory.',
  SIGTERM: ': it was stopped by hand or by the system.',
  SIGINT: ': it was stopped by hand or by the system.',
}

const mebibytes = (bytes: number): string => `${Math.round(bytes / 1024 / 1024).toLocaleString('en')} MiB`
