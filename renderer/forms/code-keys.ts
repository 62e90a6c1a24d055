import { EditorSelection, type Extension } from '@codemirror/state'
import { keymap, type EditorView } from '@codemirror/view'

/** A new line begins under the first letter of the line before it; deeper after a `:` or an opening bracket. */
const newLine = (view: EditorView): boolean => {
  const { state } = view
  if (state.readOnly) return false
  const changes = state.changeByRange(({ from, to }) => {
    const line = state.doc.lineAt(from)
    const before = line.text.slice(0, from - line.from)
    const blank = /^\s*(?:- )?/.exec(before)?.[0].replaceAll('-', ' ') ?? ''
    const deeper = /[:{([]\s*$/.test(before) ? '  ' : ''
    const insert = `\n${blank}${deeper}`
    return { changes: { from, to, insert }, range: EditorSelection.cursor(from + insert.length) }
  })
  view.dispatch(state.update(changes, { scrollIntoView: true, userEvent: 'input' }))
  return true
}

export type CodeActions = {
  /** Sends what was typed. */
  send(): void
  undo(): void
  redo(): void
}

/** Undo is that of the flow, so that it goes back over changes made anywhere in the order they were made. */
export const codeKeys = (actions: CodeActions): Extension => {
  const after = (act: () => void) => () => {
    actions.send()
    act()
    return true
  }
  return keymap.of([
    { key: 'Enter', run: newLine },
    { key: 'Mod-z', run: after(actions.undo), preventDefault: true },
    { key: 'Mod-Shift-z', run: after(actions.redo), preventDefault: true },
    { key: 'Mod-y', run: after(actions.redo), preventDefault: true },
  ])
}
