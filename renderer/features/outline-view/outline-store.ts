import { create } from 'zustand'

/** What the panel below the tree asks for. */
export type Asking =
  | { readonly what: 'add' }
  | { readonly what: 'rename'; readonly task: string }
  /** What an input takes. */
  | { readonly what: 'take'; readonly task: string; readonly port: string }
  /** Where an output, or all that a task gives, goes. */
  | { readonly what: 'give'; readonly task: string; readonly port: string | null }

export type OutlineViewState = {
  /** The key of the line that the keys act on. */
  readonly current: string | null
  /** Tasks whose lines are folded. */
  readonly closed: ReadonlySet<string>
  readonly asking: Asking | null
}

export const useOutlineView = create<OutlineViewState>(() => ({ current: null, closed: new Set(), asking: null }))

export const lookAt = (current: string | null): void => useOutlineView.setState({ current })

export const ask = (asking: Asking | null): void => useOutlineView.setState({ asking })

export const fold = (task: string, folded: boolean): void =>
  useOutlineView.setState(({ closed }) => {
    const next = new Set(closed)
    if (folded) next.add(task)
    else next.delete(task)
    return { closed: next }
  })

export const treeId = 'outline-tree'
export const focusTree = (): void => document.getElementById(treeId)?.focus()
