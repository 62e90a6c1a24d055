import { useCallback, useEffect, useRef, useState } from 'react'
import { holdEdit } from '#renderer/stores/pending-edits.ts'

/** Milliseconds without a key after which what was typed is a change of its own. */
export const pause = 400

type Typed = { readonly text: string; readonly sent: boolean }

export type TextDraft = {
  readonly text: string
  type(text: string): void
  /** Sends what was typed, at once. */
  send(): void
  /** Forgets what was typed and not sent. */
  drop(): void
}

/**
 * Text that is typed here and kept elsewhere: sent when the person pauses, leaves, or something needs it. `accepts`
 * false keeps a text back until the person leaves.
 */
export const useTextDraft = (
  kept: string,
  commit: (text: string) => void,
  accepts: (text: string) => boolean = () => true,
): TextDraft => {
  const [typed, setTyped] = useState<Typed | null>(null)
  const [seen, setSeen] = useState(kept)
  if (seen !== kept) {
    setSeen(kept)
    if (typed?.sent) setTyped(null)
  }
  const latest = useRef({ commit, accepts, kept })
  useEffect(() => {
    latest.current = { commit, accepts, kept }
  })
  const waiting = useRef<{ text: string; timer: number; withdraw: () => void } | null>(null)

  const drop = useCallback(() => {
    if (waiting.current) {
      clearTimeout(waiting.current.timer)
      waiting.current.withdraw()
    }
    waiting.current = null
    setTyped(null)
  }, [])
  const send = useCallback(() => {
    const text = waiting.current?.text
    if (text === undefined) return
    drop()
    if (text === latest.current.kept) return
    setTyped({ text, sent: true })
    latest.current.commit(text)
  }, [drop])
  const type = useCallback(
    (text: string) => {
      drop()
      setTyped({ text, sent: false })
      const timer = window.setTimeout(() => latest.current.accepts(text) && send(), pause)
      waiting.current = { text, timer, withdraw: holdEdit(send) }
    },
    [drop, send],
  )
  useEffect(() => send, [send])
  return { text: typed?.text ?? kept, type, send, drop }
}
