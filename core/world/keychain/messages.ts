/** What the engine asks of the process that talks to the system's keychain. One question at a time. */
export type KeychainQuestion =
  | { readonly ask: 'get' | 'delete'; readonly account: string }
  | { readonly ask: 'set'; readonly account: string; readonly value: string }

export type ToKeychain = { readonly id: number; readonly question: KeychainQuestion }

export type FromKeychain = { readonly id: number } & (
  | { readonly kind: 'answer'; readonly value: string | null }
  | { readonly kind: 'failed'; readonly reason: string }
  /** The package, or a library of the system that it needs, is missing. */
  | { readonly kind: 'not-installed'; readonly reason: string }
)

/** The process's end of its channel. */
export type KeychainChannel = {
  send(message: FromKeychain): void
  onMessage(listener: (message: ToKeychain) => void): void
  /** The engine is gone, or wants this process no more. */
  onClose(listener: () => void): void
}
