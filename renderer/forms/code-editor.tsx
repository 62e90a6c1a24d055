import { setDiagnostics, type Diagnostic } from '@codemirror/lint'
import { Annotation, EditorState, Transaction, type Extension } from '@codemirror/state'
import {
  drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, lineNumbers, placeholder,
} from '@codemirror/view' // prettier-ignore
import { useEffect, useRef } from 'react'
import { runCommand } from '#renderer/stores/commands.ts'
import { holdEdit } from '#renderer/stores/pending-edits.ts'
import { codeCompletion, type Known } from './code-completion.ts'
import { codeKeys } from './code-keys.ts'
import { extensionOf } from './code-languages.ts'
import type { CodeLanguage } from './code-names.ts'
import { codeSearch } from './code-search.ts'
import { codeTheme, expressionMarks } from './code-theme.ts'
import { sendText, startSync, takeText, type TextSync } from './text-sync.ts'
import { pause } from './use-text-draft.ts'

export type CodeEditorProps = {
  /** As the flow has it. */
  readonly value: string
  commit(text: string): void
  readonly language: CodeLanguage
  readonly label: string
  readonly describedBy?: string | undefined
  readonly placeholder?: string | undefined
  readonly known: Known
  readonly lineNumbers?: boolean
  readonly expressions?: boolean
  readonly readOnly?: boolean
  /** Find and replace on Mod+F. */
  readonly search?: boolean
  readonly diagnostics?: readonly Diagnostic[]
  /** Told the view once it is there. */
  ready?(view: EditorView): void
}

const fromFlow = Annotation.define<boolean>()

type Editing = {
  readonly view: EditorView
  take(text: string): void
  close(): void
}

const looksOf = (props: CodeEditorProps): Extension => [
  extensionOf(props.language),
  codeTheme,
  drawSelection(),
  EditorState.tabSize.of(2),
  EditorState.readOnly.of(props.readOnly ?? false),
  EditorView.lineWrapping,
  props.expressions === false ? [] : expressionMarks,
  props.lineNumbers ? [lineNumbers(), highlightActiveLine(), highlightActiveLineGutter()] : [],
  props.search ? codeSearch : [],
  props.placeholder ? placeholder(props.placeholder) : [],
  EditorView.contentAttributes.of({
    'aria-label': props.label,
    tabindex: '0',
    ...(props.describedBy && { 'aria-describedby': props.describedBy }),
  }),
]

/** An editor that sends what is typed on a pause and takes in what others make of the text. */
const startEditing = (parent: HTMLElement, latest: () => CodeEditorProps): Editing => {
  let sync: TextSync = startSync(latest().value)
  let waiting: { timer: number; withdraw: () => void } | null = null
  const stopWaiting = () => {
    if (!waiting) return
    clearTimeout(waiting.timer)
    waiting.withdraw()
    waiting = null
  }
  const send = () => {
    if (!waiting) return
    stopWaiting()
    const text = view.state.doc.toString()
    if (text === (sync.sent.at(-1) ?? sync.base)) return
    sync = sendText(sync, text)
    latest().commit(text)
  }
  const typed = EditorView.updateListener.of((update) => {
    const ours = update.transactions.some((one) => one.docChanged && !one.annotation(fromFlow))
    if (ours) {
      stopWaiting()
      waiting = { timer: window.setTimeout(send, pause), withdraw: holdEdit(send) }
    }
    if (update.focusChanged && !update.view.hasFocus) send()
  })
  const actions = { send, undo: () => runCommand('edit.undo'), redo: () => runCommand('edit.redo') }
  const completion = codeCompletion(latest().language, () => latest().known)
  const extensions = [completion, codeKeys(actions), typed, looksOf(latest())]
  const view = new EditorView({ parent, state: EditorState.create({ doc: sync.base, extensions }) })
  return {
    view,
    take: (text) => {
      const taken = takeText(sync, view.state.doc.toString(), text)
      sync = taken.sync
      if (!taken.change) return
      view.dispatch({ changes: taken.change, annotations: [fromFlow.of(true), Transaction.remote.of(true)] })
    },
    close: () => {
      send()
      view.destroy()
    },
  }
}

/** A text with the colours of its language. Loaded when the first one is shown. */
export const CodeEditor = (props: CodeEditorProps) => {
  const host = useRef<HTMLDivElement>(null)
  const editing = useRef<Editing | null>(null)
  const latest = useRef(props)
  useEffect(() => {
    latest.current = props
  })
  useEffect(() => {
    if (!host.current) return undefined
    const made = startEditing(host.current, () => latest.current)
    editing.current = made
    latest.current.ready?.(made.view)
    return () => {
      editing.current = null
      made.close()
    }
  }, [])
  const { value, diagnostics } = props
  useEffect(() => editing.current?.take(value), [value])
  useEffect(() => {
    const view = editing.current?.view
    if (!view || !diagnostics) return
    const end = view.state.doc.length
    const within = diagnostics.map((one) => ({ ...one, from: Math.min(one.from, end), to: Math.min(one.to, end) }))
    view.dispatch(setDiagnostics(view.state, within))
  }, [diagnostics, value])
  return <div ref={host} style={{ height: '100%' }} />
}
