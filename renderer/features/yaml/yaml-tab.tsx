import type { Diagnostic } from '@codemirror/lint'
import type { EditorView } from '@codemirror/view'
import { useEffect, useMemo, useState } from 'react'
import type { Problem } from '#core/model/problem.ts'
import { LazyCodeEditor } from '#renderer/forms/lazy-code-editor.tsx'
import { useWorld } from '#renderer/rpc/world.tsx'
import { arrivedAtLine, useAttention } from '#renderer/stores/attention.ts'
import { offerCommands } from '#renderer/stores/commands.ts'
import { changeFlow, useFlow } from '#renderer/stores/flow.ts'
import { extentOf, lineStarts } from './extent.ts'
import classes from './yaml-tab.module.css'

const noProblems: readonly Problem[] = []
const none: readonly Diagnostic[] = []
const nothingKnown = { names: [], columns: [] }

const useDiagnostics = (): readonly Diagnostic[] => {
  const problems = useFlow((state) => state.draft?.content.problems ?? noProblems)
  const text = useFlow((state) => state.draft?.text ?? '')
  return useMemo(() => {
    const starts = lineStarts(text)
    return problems.map(({ severity, message, remedy, line, column }) => ({
      ...extentOf(text, starts, { line, column }),
      severity,
      message: remedy === '' ? message : `${message}\n${remedy}`,
    }))
  }, [problems, text])
}

/** Goes to the line somebody asked for, once the editor is there. */
const useAskedLine = (view: EditorView | null): void => {
  const place = useAttention((state) => state.place)
  useEffect(() => {
    if (!view || !place) return
    const line = view.state.doc.line(Math.min(Math.max(place.line, 1), view.state.doc.lines))
    const anchor = Math.min(line.from + place.column - 1, line.to)
    view.dispatch({ selection: { anchor }, scrollIntoView: true })
    view.focus()
    arrivedAtLine()
  }, [place, view])
}

/** Mod+F means the text as long as it is shown and nothing with a search of its own has the focus. */
const useFind = (view: EditorView | null): void => {
  useEffect(() => {
    if (!view) return undefined
    const isElsewhere = () => document.activeElement?.closest('[data-canvas]') !== null
    return offerCommands([
      {
        id: 'yaml.find',
        title: 'Find in the YAML',
        group: 'Go',
        keys: ['Mod+F'],
        disabled: () => (isElsewhere() ? 'The canvas has the focus.' : null),
        run: async () => (await import('#renderer/forms/code-search.ts')).openSearch(view),
      },
    ])
  }, [view])
}

/** The text of the flow, to be read and written. What is typed and what is drawn are the same flow. */
export const YamlTab = () => {
  const { engine } = useWorld()
  const file = useFlow((state) => state.draft?.file ?? '')
  const former = useFlow((state) => state.former)
  const now = useFlow((state) => state.draft?.text ?? '')
  const diagnostics = useDiagnostics()
  const [view, setView] = useState<EditorView | null>(null)
  useAskedLine(view)
  useFind(view)
  return (
    <div className={classes['tab']}>
      <div className={classes['editor']}>
        <LazyCodeEditor
          key={`${file} ${former?.document ?? ''}`}
          value={former ? former.text : now}
          readOnly={former !== null}
          commit={(next) => void changeFlow(engine, 'Edit the YAML', { kind: 'replace-text', text: next })}
          language="yaml"
          label={former ? `YAML of ${former.title.toLowerCase()}` : 'YAML of the flow'}
          known={nothingKnown}
          diagnostics={former ? none : diagnostics}
          lineNumbers
          search
          ready={setView}
        />
      </div>
    </div>
  )
}
