import { useId, useMemo } from 'react'
import type { Problem } from '#core/model/problem.ts'
import type { Form } from './form.ts'
import { applyToValue } from './local-form.ts'
import { isMap, type JsonMap } from './values.ts'

export type UpdateValues = (change: (values: JsonMap) => JsonMap) => void

/** How the files and folders that are chosen are written; left out, nobody chooses any. */
type Choosing = Pick<Form, 'pathOf' | 'chooseFolder'>

const noChoosing: Choosing = {}

/** A form whose values are kept outside of any flow. Its fields stand below `root`, so that two forms on one page do not mix. */
export const useFormOver = (
  update: UpdateValues,
  problems: readonly Problem[],
  choosing = noChoosing,
): { readonly form: Form; readonly root: string } => {
  const root = useId()
  const form = useMemo(
    (): Form => ({
      change: (_what, operation) =>
        update((values) => {
          const next = applyToValue({ [root]: values }, operation)
          const inner = isMap(next) ? next[root] : undefined
          return isMap(inner) ? inner : {}
        }),
      problems: problems.map((problem) => ({ ...problem, path: [root, ...problem.path] })),
      columnsOf: () => [],
      expressions: null,
      ...choosing,
    }),
    [problems, root, update, choosing],
  )
  return { form, root }
}
