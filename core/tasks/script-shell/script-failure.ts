import type { ProcessResult } from '#core/kinds/task-context.ts'
import { Refused } from '#core/model/failure.ts'

/** Why a script that did not end with 0 has failed. One that was killed has crashed. */
export const scriptFailure = ({ exitCode, signal, lastLines }: ProcessResult): Refused => {
  const detail = lastLines.stderr.join('\n')
  const withDetail = detail === '' ? {} : { detail }
  if (exitCode === null) {
    return new Refused({
      code: 'crashed',
      message: `The script was ended by signal ${signal ?? 'unknown'}${reasons[signal ?? ''] ?? ''}.`,
      retryable: true,
      ...withDetail,
    })
  }
  const last = lastLines.stderr.at(-1)
  const said = last === undefined ? '' : ` Its last words: ${last.slice(0, 300)}`
  return new Refused({
    code: 'check-failed',
    message: `The script ended with exit code ${exitCode}${hints[exitCode] ?? ''}.${said}`,
    retryable: true,
    ...withDetail,
  })
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
