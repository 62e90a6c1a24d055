import { create } from 'zustand'
import type { Position, Wire } from '#renderer/stores/outline.ts'
import type { LooseEnd } from './connections.ts'

/** Looking for a task type to add: where it goes, and what it is to be wired with. */
export type QuickAdd = {
  /** On the plane. */
  readonly position: Position
  /** On the canvas, pixels. */
  readonly at: Position
  readonly wiring:
    { readonly kind: 'end'; readonly end: LooseEnd } | { readonly kind: 'wire'; readonly wire: Wire } | null
}

export type Tool =
  | { readonly tool: 'add'; readonly add: QuickAdd }
  | { readonly tool: 'connect'; readonly task: string }
  | { readonly tool: 'find' }
  /** Naming the subflow that tasks become. */
  | { readonly tool: 'extract'; readonly tasks: readonly string[] }
  /** Of a task, or of a note or frame. */
  | { readonly tool: 'rename'; readonly id: string }

/** What is open on the canvas: one thing at a time. `hovered` is the wire under the pointer. */
export type Tools = { readonly open: Tool | null; readonly hovered: string | null }

export const useTools = create<Tools>(() => ({ open: null, hovered: null }))

export const openTool = (open: Tool): void => useTools.setState({ open })

export const closeTool = (): void => useTools.setState({ open: null })

export const hoverWire = (hovered: string | null): void => useTools.setState({ hovered })

export const useIsRenaming = (id: string): boolean => useTools(({ open }) => open?.tool === 'rename' && open.id === id)
