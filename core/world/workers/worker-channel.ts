import { Refused } from '#core/model/failure.ts'
import type { FromWorker, Question, Questions, ToWorker } from './messages.ts'

/** The worker's end of what it was forked with; a port like ForkedProcess, whose other end it is. */
export type WorkerChannel = {
  send(message: FromWorker): void
  onMessage(listener: (message: ToWorker) => void): void
  /** The engine is gone, or wants this worker no more. */
  onClose(listener: () => void): void
}

export const nodeChannel = (): WorkerChannel => ({
  // A send fails only when the engine is gone, which onClose tells.
  send: (message) => void process.send?.(message, undefined, undefined, () => {}),
  onMessage: (listener) => void process.on('message', listener),
  onClose: (listener) => void process.on('disconnect', listener),
})

/** Questions to the engine that are not answered yet. */
export const createQuestions = (send: (message: FromWorker) => void) => {
  const open = new Map<number, { resolve(answer: never): void; reject(error: unknown): void }>()
  let last = 0
  return {
    ask: <Q extends Question>(question: Q, about: Questions[Q]['ask'], asker: { job: string; taskRun: string }) =>
      new Promise<Questions[Q]['answer']>((resolve, reject) => {
        const id = (last += 1)
        open.set(id, { resolve, reject })
        send({ kind: 'ask', id, question, about, ...asker })
      }),
    settle: (message: Extract<ToWorker, { kind: 'answer' | 'refused' }>): void => {
      const asked = open.get(message.id)
      open.delete(message.id)
      if (message.kind === 'answer') asked?.resolve(message.answer as never)
      else asked?.reject(new Refused(message.failure))
    },
  }
}
