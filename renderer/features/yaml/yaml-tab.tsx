import type { Diagnostic } from '@codemirror/lint'
import type { EditorView } from '@codemirror/view'
import { useEffect, useMemo, useState } from 'react'
import type { Problem } from '#core/model/problem.ts'
import { LazyCodeEditor } from '#renderer/forms/lazy-code-editor.tsx'
import { useWorld } from '#renderer/rpc/world.tsx'
import { arrivedAtLine, useAttention } from '#renderer/stores/attention.ts'
import { changeFlow, useFlow } from '#renderer/stores/flow.ts'
import { extentOf, lineStarts } from './extent.ts'
import classes from './yaml-tab.module.css'

const noProblems: readonly Problem[] = []
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

/** The text of the flow, to be read and written. What is typed and what is drawn are the same flow. */
export const YamlTab = () => {
  const { engine } = useWorld()
  const file = useFlow((state) => state.draft?.file ?? '')
  const text = useFlow((state) => state.draft?.text ?? '')
  const diagnostics = useDiagnostics()
  const [view, setView] = useState<EditorView | null>(null)
  useAskedLine(view)
  return (
    <div className={classes['tab']}>
      <div className={classes['editor']}>
        <LazyCodeEditor
          key={file}
          value={text}
          commit={(next) => void changeFlow(engine, 'Edit the YAML', { kind: 'replace-text', text: next })}
          language="yaml"
          label="YAML of the flow"
          known={nothingKnown}
          diagnostics={diagnostics}
          lineNumbers
          ready={setView}
        />
      </div>
    </div>
  )
}
