import { lazy, Suspense } from 'react'
import type { CodeEditorProps } from './code-editor.tsx'

const load = async () => ({ default: (await import('./code-editor.tsx')).CodeEditor })
const Editor = lazy(load)

/** While the editor is loaded its text stands there as it will stand. */
const Waiting = ({ value }: { value: string }) => (
  <pre style={{ margin: 0, padding: '6px 8px', fontSize: 12, lineHeight: '18px', whiteSpace: 'pre-wrap' }}>{value}</pre>
)

export const LazyCodeEditor = (props: CodeEditorProps) => (
  <Suspense fallback={<Waiting value={props.value} />}>
    <Editor {...props} />
  </Suspense>
)
