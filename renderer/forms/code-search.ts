import { highlightSelectionMatches, openSearchPanel, search, searchKeymap, setSearchQuery } from '@codemirror/search'
import { EditorState, type Extension } from '@codemirror/state'
import { EditorView, keymap } from '@codemirror/view'

/** The words of the panel, as the rest of the app writes. */
const words = EditorState.phrases.of({
  next: 'Next',
  previous: 'Before',
  all: 'All',
  'match case': 'Match case',
  regexp: 'Pattern',
  'by word': 'Whole words',
  replace: 'Replace',
  'replace all': 'Replace all',
  close: 'Close',
})

const field = {
  fontSize: '12px',
  height: '26px',
  padding: '0 8px',
  color: 'var(--text)',
  backgroundColor: 'var(--ground)',
  backgroundImage: 'none',
  border: '1px solid var(--line)',
  borderRadius: '6px',
}

const look = EditorView.theme({
  '.cm-panels': { backgroundColor: 'var(--panel)', color: 'var(--text)' },
  '.cm-panels.cm-panels-top': { borderBottom: '1px solid var(--line)' },
  '.cm-panel.cm-search': { padding: '6px 36px 6px 8px', fontSize: '12px' },
  '.cm-panel.cm-search .cm-textfield': { ...field, width: '180px', margin: '2px 4px 2px 0' },
  '.cm-panel.cm-search .cm-button': { ...field, margin: '2px 4px 2px 0' },
  '.cm-panel.cm-search .cm-button:hover': { backgroundColor: 'var(--hover)' },
  '.cm-panel.cm-search .cm-button:active': { backgroundImage: 'none' },
  '.cm-panel.cm-search label': { fontSize: '12px', marginLeft: '6px', whiteSpace: 'nowrap' },
  '.cm-panel.cm-search input[type=checkbox]': { accentColor: 'var(--accent)', verticalAlign: 'middle' },
  '.cm-panel.cm-search [name=close]': {
    top: '6px',
    right: '8px',
    width: '24px',
    height: '24px',
    fontSize: '16px',
    color: 'var(--text-quiet)',
  },
  '.cm-searchMatch': { backgroundColor: 'var(--mark)', color: 'var(--mark-text)', borderRadius: '2px' },
  '.cm-searchMatch *': { color: 'inherit' },
  '.cm-searchMatch-selected': { outline: '2px solid var(--accent)' },
  '.cm-selectionMatch': { backgroundColor: 'var(--accent-soft)' },
})

/** Goes to the first place from here on while it is written what is looked for. */
const goThere = EditorView.updateListener.of(({ view, transactions }) => {
  const asked = transactions.flatMap(({ effects }) => effects).findLast((effect) => effect.is(setSearchQuery))
  if (!asked?.value.valid) return
  const { value: query } = asked
  queueMicrotask(() => {
    const { doc, selection } = view.state
    const found = query.getCursor(doc, selection.main.from).next()
    const first = found.done ? query.getCursor(doc).next() : found
    if (first.done) return
    const { from, to } = first.value
    view.dispatch({ selection: { anchor: from, head: to }, effects: EditorView.scrollIntoView(from, { y: 'center' }) })
  })
})

/** Find and replace, in a panel above the text. */
export const codeSearch: Extension = [
  search({ top: true }),
  keymap.of(searchKeymap),
  goThere,
  highlightSelectionMatches({ minSelectionLength: 2 }),
  words,
  look,
]

export const openSearch = (view: EditorView): void => {
  openSearchPanel(view)
}
