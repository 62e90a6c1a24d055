import { Refused } from './failure.ts'

/** The engine that holds a home. */
export type Owner = {
  readonly pid: number
  readonly version: string
  /** Milliseconds since 1970. */
  readonly since: number
}

/** Another engine holds the home: be its client. `hung` when it gave no sign of life for 10 s. */
export class HomeHeld extends Refused {
  readonly dir: string
  /** Null when it could not be read. */
  readonly owner: Owner | null
  readonly hung: boolean

  constructor(held: { dir: string; owner: Owner | null; hung: boolean; message: string }) {
    super({ code: 'conflict', message: held.message, retryable: true })
    this.dir = held.dir
    this.owner = held.owner
    this.hung = held.hung
  }
}
