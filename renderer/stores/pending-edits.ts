/** What was typed and has not been sent yet, by what holds it. Whoever needs the flow as the person sees it sends it first. */
const pending = new Set<() => void>()

/** `send` is called when somebody cannot wait. The answer withdraws it. */
export const holdEdit = (send: () => void): (() => void) => {
  pending.add(send)
  return () => void pending.delete(send)
}

export const sendPendingEdits = (): void => {
  for (const send of pending) send()
}
