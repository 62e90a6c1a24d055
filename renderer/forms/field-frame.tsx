import { ActionIcon, Tooltip } from '@mantine/core'
import { Braces, CircleX, RotateCcw, TriangleAlert } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import type { Problem } from '#core/model/problem.ts'
import { useForm, type FieldProps } from './form.ts'
import { problemsAt, problemsWithin } from './problems.ts'
import { isMap, isList, pathText, textOf, undoName } from './values.ts'
import classes from './forms.module.css'

const ProblemLine = ({ problem }: { problem: Problem }) => {
  const Icon = problem.severity === 'error' ? CircleX : TriangleAlert
  return (
    <p className={classes['problem']} data-severity={problem.severity}>
      <Icon size={14} aria-label={problem.severity} />
      <span>
        {problem.message} {problem.remedy}
      </span>
    </p>
  )
}

export const ProblemLines = ({ problems, id }: { problems: readonly Problem[]; id?: string }) =>
  problems.length === 0 ? null : (
    <div id={id} role="status">
      {problems.map((problem) => (
        <ProblemLine key={problem.code + problem.message} problem={problem} />
      ))}
    </div>
  )

/** Ids that tie the parts of a field together for those who do not see it. */
export const fieldIds = (path: FieldProps['path']) => {
  const base = `field-${pathText(path).replaceAll(/\s/g, '_')}`
  return { control: base, label: `${base}-label`, help: `${base}-help`, problems: `${base}-problems` }
}

const Small = (props: { label: string; pressed?: boolean; click: () => void; children: ReactNode }) => (
  <Tooltip label={props.label} openDelay={300}>
    <ActionIcon
      size={20}
      variant={props.pressed ? 'light' : 'subtle'}
      color={props.pressed ? 'accent' : 'gray'}
      aria-label={props.label}
      aria-pressed={props.pressed}
      onClick={props.click}
    >
      {props.children}
    </ActionIcon>
  </Tooltip>
)

/** `null` when the field takes expressions as part of its text anyway. */
export type ExpressionToggle = { readonly on: boolean; toggle(): void } | null

type Props = FieldProps & {
  readonly toggle: ExpressionToggle
  /** The control is one element with the id of the field; else the label names a group. */
  readonly single: boolean
  readonly children: ReactNode
  /** Stands under the control: what an expression gives. */
  readonly below?: ReactNode
}

const Tools = ({ field, path, value, toggle }: Props) => {
  const { change } = useForm()
  const title = field.title.toLowerCase()
  return (
    <span className={classes['tools']}>
      {value !== undefined && field.default !== undefined && (
        <Small
          label={`Use the default of ${title}: ${textOf(field.default) || 'nothing'}`}
          click={() => change(undoName(field, path), { kind: 'remove', path, prune: true })}
        >
          <RotateCcw size={12} aria-hidden />
        </Small>
      )}
      {toggle && (
        <Small
          label={toggle.on ? `No expression for ${title}` : `Expression for ${title}`}
          pressed={toggle.on}
          click={toggle.toggle}
        >
          <Braces size={14} aria-hidden />
        </Small>
      )}
    </span>
  )
}

const longHelp = 160

/** A long text is cut until somebody asks for it. */
const Help = ({ text, id }: { text: string; id: string }) => {
  const [whole, setWhole] = useState(false)
  const cut = !whole && text.length > longHelp
  return (
    <p className={classes['help']} id={id}>
      {cut ? `${text.slice(0, text.lastIndexOf(' ', longHelp))} … ` : text}
      {cut && (
        <button type="button" className={classes['more']} onClick={() => setWhole(true)}>
          More
        </button>
      )}
    </p>
  )
}

/** Title, help, and what is wrong, around the control of a field. */
export const FieldFrame = (props: Props) => {
  const { field, path, value, single, children, below } = props
  const all = useForm().problems
  const ids = fieldIds(path)
  const composite = isList(value) || isMap(value)
  const problems = composite ? problemsAt(all, path) : problemsWithin(all, path)
  const label = (
    <>
      {field.title}
      {field.required && <span className={classes['required']}> · required</span>}
    </>
  )
  return (
    <div
      className={classes['field']}
      data-field={pathText(path)}
      {...(!single && { role: 'group', 'aria-labelledby': ids.label })}
    >
      <div className={classes['head']}>
        {single ? (
          <label className={classes['label']} id={ids.label} htmlFor={ids.control}>
            {label}
          </label>
        ) : (
          <span className={classes['label']} id={ids.label}>
            {label}
          </span>
        )}
        <span className={classes['space']} />
        <Tools {...props} />
      </div>
      {children}
      {below}
      {field.help && <Help text={field.help} id={ids.help} />}
      <ProblemLines problems={problems} id={ids.problems} />
    </div>
  )
}
