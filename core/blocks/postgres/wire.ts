import type { Duplex } from 'node:stream'

/** As much of pg's connection as COPY needs. */
export type Wire = { readonly stream: Duplex; query(text: string): void }
