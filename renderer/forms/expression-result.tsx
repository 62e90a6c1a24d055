import { useEffect, useState } from 'react'
import type { ExpressionResult } from '#core/model/expression-result.ts'
import type { EditPath } from '#core/model/flow-edit.ts'
import type { JsonValue } from '#core/model/handle.ts'
import { useForm } from './form.ts'
import classes from './forms.module.css'

const longest = 300

const shown = (value: JsonValue): string => {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > longest ? `${text.slice(0, longest)}…` : text
}

const wordsOf = (result: ExpressionResult): string => {
  switch (result.kind) {
    case 'value':
      return `= ${shown(result.value)}${result.firstItem ? ' (first item)' : ''}`
    case 'unknown':
      return result.reason
    case 'wrong':
      return result.problems.join(' ')
    default:
      return result satisfies never
  }
}

/** What a text with expressions gives, as far as it is known now. */
export const ExpressionLine = ({ path, text }: { path: EditPath; text: string }) => {
  const { expressions, problems } = useForm()
  const [result, setResult] = useState<ExpressionResult | null>(null)
  const key = JSON.stringify(path)
  useEffect(() => {
    let left = false
    void expressions?.evaluate(JSON.parse(key) as EditPath, text).then(
      (found) => left || setResult(found),
      () => left || setResult(null),
    )
    return () => {
      left = true
    }
  }, [expressions, key, text])
  // What is wrong stands beside the field already.
  const told = problems.some((problem) => JSON.stringify(problem.path) === key)
  if (!result || (result.kind === 'wrong' && told)) return null
  return (
    <p className={classes['result']} data-kind={result.kind} role="status">
      {wordsOf(result)}
    </p>
  )
}
