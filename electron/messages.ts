import type { Failure } from '#core/model/failure.ts'
import type { WorkerProcessWorld } from '#core/worker-process.ts'

/** What a process is for that the engine asks for. */
export type Program = 'worker' | 'keychain'

/** What main and the engine process say to one another. Ports travel beside the messages that name them. */
export type ToEngine =
  | { readonly kind: 'open'; readonly home: string; readonly passphrase: string | null }
  /** With a port: a window wants to talk to the engine. */
  | { readonly kind: 'screen' }
  /** With a port: the worker that was asked for has started. */
  | { readonly kind: 'worker-started'; readonly worker: number; readonly pid: number }
  | { readonly kind: 'worker-stderr'; readonly worker: number; readonly text: string }
  | { readonly kind: 'worker-ended'; readonly worker: number; readonly code: number | null }
  | { readonly kind: 'quit' }

export type FromEngine =
  | { readonly kind: 'ready' }
  /** It cannot serve this home. */
  | { readonly kind: 'failed'; readonly failure: Failure }
  | {
      readonly kind: 'start-worker'
      readonly worker: number
      readonly program: Program
      readonly env: Readonly<Record<string, string>>
    }
  | { readonly kind: 'kill-worker'; readonly worker: number }
  /** The names of the flow runs that go on, told when they change, and in words what became of those that do so no more. */
  | { readonly kind: 'active'; readonly flowRuns: readonly string[]; readonly ended: readonly string[] }
  /** The home's engine is another one now: windows connect anew. */
  | { readonly kind: 'handed-over' }

export type NodeCommand = Required<WorkerProcessWorld>['node']

/** What main hands a worker beside its port. */
export type ToWorkerProcess = { readonly node: NodeCommand }

/** Channels between the window and main; requests of the window are checked for their sender. */
export const channels = {
  requestPort: 'engine-port-wanted',
  port: 'millrace-engine-port',
  engineGone: 'engine-gone',
  engineFailed: 'engine-failed',
  retryEngine: 'retry-engine',
  chooseHome: 'choose-home',
  showHome: 'show-home',
  openFile: 'open-file',
  chooseInput: 'choose-input',
  chooseFolder: 'choose-folder',
  saveFile: 'save-file',
  saveCopy: 'save-copy',
  openLink: 'open-link',
  notify: 'notify',
  notified: 'notification-clicked',
  commands: 'commands',
  command: 'command',
  noteFile: 'note-file',
  fileToOpen: 'file-to-open',
  flowToOpen: 'flow-to-open',
} as const
