import { formatBytes } from '#core/kinds/bytes.ts'
import type { ProcessExcess, ProcessResult } from '#core/kinds/task-context.ts'
import { Refused } from '#core/model/failure.ts'

/** So many of its last lines go into the failure; the log has them all. */
const detailLines = 20
const longestWords = 300

/** Why a script that did not end well has failed, with its own `fault` where that is known. One that was killed has crashed. */
export const scriptFailure = (
  { exitCode, signal, lastLines, excess }: ProcessResult,
  fault: string | null = null,
): Refused => {
  const detail = lastLines.stderr.slice(-detailLines).join('\n')
  const withDetail = detail === '' ? {} : { detail }
  if (excess) return new Refused({ code: 'limit', message: tooMuch(excess), ...withDetail })
  if (exitCode === null) {
    return new Refused({
      code: 'crashed',
      message: `The script was ended by signal ${signal ?? 'unknown'}${reasons[signal ?? ''] ?? ''}.`,
      retryable: true,
      ...withDetail,
    })
  }
  const message = fault === null ? plainWords(exitCode, lastLines.stderr.at(-1)) : `The script failed: ${fault}`
  return new Refused({ code: 'check-failed', message, retryable: true, ...withDetail })
}

const plainWords = (exitCode: number, last: string | undefined): string => {
  const said = last === undefined ? '' : ` Its last words: ${shorten(last)}`
  return `The script ended with exit code ${exitCode}${hints[exitCode] ?? ''}.${said}`
}

export const shorten = (words: string): string =>
  words.length > longestWords ? `${words.slice(0, longestWords)}…` : words

const tooMuch = (excess: ProcessExcess): string => {
  const [used, limit] = [formatBytes(excess.used), formatBytes(excess.limit)]
  if (excess.of === 'memory')
    return `The script used ${used} of memory, more than its limit of ${limit}, and was stopped. Let it work on less at once, or raise “memory_limit”.`
  const done = `and was stopped; what it wrote was deleted.`
  return excess.lowered
    ? `The script wrote ${used}, more than the ${limit} that the disk had to spare, ${done} Free some space, then run it again.`
    : `The script wrote ${used}, more than its limit of ${limit}, ${done} Let it write less, or raise “disk_limit”.`
}

const reasons: Readonly<Record<string, string>> = {
  SIGKILL: ': it ran out of memory, or was killed by hand',
  SIGSEGV: ': the program failed inside',
  SIGBUS: ': the program failed inside',
  SIGABRT: ': the program failed inside',
}

/** What shells mean by these exit codes. */
const hints: Readonly<Record<number, string>> = {
  126: ' (a command in it is not executable)',
  127: ' (a command in it does not exist on this machine)',
  137: ' (a program in it was killed, perhaps for want of memory)',
  139: ' (a program in it failed inside, with SIGSEGV)',
}
