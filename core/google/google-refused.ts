import { Refused, type FailureCode } from '#core/model/failure.ts'
import type { GoogleAnswer } from './answer.ts'

export type Explained = {
  readonly code: FailureCode
  readonly message: string
  /** What to do; shown apart from the message by tests of blocks. May be empty. */
  readonly remedy: string
  readonly retryable: boolean
}

/** Google refused, or was not reached. */
export class GoogleRefused extends Refused {
  readonly explained: Explained
  readonly answer: GoogleAnswer

  constructor(explained: Explained, answer: GoogleAnswer) {
    const { code, message, remedy, retryable } = explained
    const detail = detailOf(answer)
    super({
      code,
      message: remedy === '' ? message : `${message} ${remedy}`,
      retryable,
      ...(detail !== '' && { detail }),
    })
    this.explained = explained
    this.answer = answer
  }
}

/** No cause is kept: errors of Google's clients carry the headers of the request, and with them the token. */
const detailOf = ({ status, reason, message, network }: GoogleAnswer): string =>
  [status === null ? (network ?? '') : `HTTP ${status}`, reason, message].filter((part) => part !== '').join(' · ')
