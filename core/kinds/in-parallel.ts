/**
 * Works on `limit` of them at once; the results are in the order of the items. The first that fails stops the others, and
 * is thrown when they have ended.
 */
export const inParallel = async <T, R>(
  items: readonly T[],
  { limit, signal }: { readonly limit: number; readonly signal: AbortSignal },
  work: (item: T, index: number, signal: AbortSignal) => Promise<R>,
): Promise<R[]> => {
  const results: R[] = []
  const failed = new AbortController()
  const stop = AbortSignal.any([signal, failed.signal])
  const failures: unknown[] = []
  const entries = items.entries()
  const worker = async (): Promise<void> => {
    for (const [index, item] of entries) {
      if (stop.aborted) return
      try {
        results[index] = await work(item, index, stop)
      } catch (error) {
        failures.push(error)
        failed.abort()
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker))
  if (failures.length > 0) throw failures[0]
  signal.throwIfAborted()
  return results
}
