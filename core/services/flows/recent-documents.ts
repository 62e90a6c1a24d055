import type { StateStore, StoredDocument } from '#core/model/store.ts'

/** Parsed documents held at once; a large one takes some megabytes. */
const most = 16

/** The store's documents, where those used last need not be parsed again: flows run more often than they change. */
export const recentDocuments = (load: StateStore['document']): StateStore['document'] => {
  const recent = new Map<string, StoredDocument>()
  return (hash) => {
    const stored = recent.get(hash) ?? load(hash)
    if (!stored) return null
    recent.delete(hash)
    recent.set(hash, stored)
    for (const oldest of recent.keys()) if (recent.size > most) recent.delete(oldest)
    return stored
  }
}
