import {
  autocompletion,
  closeCompletion,
  type CompletionContext,
  type CompletionResult,
  type CompletionSource,
} from '@codemirror/autocomplete'
import type { Extension } from '@codemirror/state'
import type { EditorView } from '@codemirror/view'
import { completeExpression } from './completion.ts'
import type { ExpressionName } from './form.ts'
import { keywordsOf } from './code-languages.ts'
import type { CodeLanguage } from './code-names.ts'

export type Known = {
  /** Names for expressions. */
  readonly names: readonly ExpressionName[]
  readonly columns: readonly string[]
}

/** Nobody wants to be offered more words. */
export const closeHints = (view: EditorView): void => {
  closeCompletion(view)
}

const complete =
  (known: () => Known): CompletionSource =>
  (context: CompletionContext): CompletionResult | null => {
    const text = context.state.doc.toString()
    const found = completeExpression(text, context.pos, known().names)
    if (found) {
      const options = found.options.map(({ insert, label, hint }) => ({ label, detail: hint, apply: insert }))
      return { from: found.from, to: found.to, options, filter: false }
    }
    const word = context.matchBefore(/[\w"]+$/)
    if (!word && !context.explicit) return null
    const options = known().columns.map((label) => ({
      label,
      detail: 'column',
      boost: 10,
      apply: /^[a-z_]\w*$/i.test(label) ? label : `"${label.replaceAll('"', '""')}"`,
    }))
    return options.length === 0 ? null : { from: word?.from ?? context.pos, options }
  }

/** Expressions, columns and the words of the language. */
export const codeCompletion = (language: CodeLanguage, known: () => Known): Extension =>
  autocompletion({ override: [complete(known), ...keywordsOf(language)], icons: false })
