import { fieldIds } from './field-frame.tsx'
import { useForm, type FieldProps } from './form.ts'
import { languageOf } from './code-names.ts'
import { LazyCodeEditor } from './lazy-code-editor.tsx'
import { problemsWithin } from './problems.ts'
import { pathText, textOf, undoName, writeOperation } from './values.ts'
import classes from './forms.module.css'

const noNames = [] as const

/** SQL, a script, or code: an editor in place of a line. */
export const CodeField = ({ field, path, value, label }: FieldProps & { label?: string }) => {
  const { change, problems, columnsOf, expressions } = useForm()
  const ids = fieldIds(path)
  const takesExpressions = field.widget !== 'code' && expressions !== null
  const commit = (text: string) =>
    change(undoName(field, path), writeOperation(field, path, text.trim() === '' ? undefined : text))
  return (
    <div
      className={classes['editor']}
      data-invalid={problemsWithin(problems, path).some(({ severity }) => severity === 'error') || undefined}
    >
      <LazyCodeEditor
        key={pathText(path)}
        value={textOf(value)}
        commit={commit}
        language={field.widget === 'sql' ? 'sql' : languageOf(field.language)}
        label={label ?? field.title}
        describedBy={label === undefined ? `${ids.help} ${ids.problems}` : undefined}
        placeholder={field.placeholder}
        expressions={takesExpressions}
        known={{
          names: takesExpressions ? expressions.names : noNames,
          columns: field.columnsOf === undefined ? noNames : columnsOf(field.columnsOf),
        }}
      />
    </div>
  )
}
