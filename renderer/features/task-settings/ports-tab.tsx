import { ActionIcon, NativeSelect } from '@mantine/core'
import { X } from 'lucide-react'
import type { PortKind } from '#core/model/handle.ts'
import type { InputPort, TaskTypeSummary } from '#core/model/task-type-summary.ts'
import { Fields } from '#renderer/forms/field.tsx'
import { ProblemLines } from '#renderer/forms/field-frame.tsx'
import { FlowForm } from '#renderer/forms/flow-form.tsx'
import { useForm } from '#renderer/forms/form.ts'
import { problemsWithin } from '#renderer/forms/problems.ts'
import { pathText } from '#renderer/forms/values.ts'
import forms from '#renderer/forms/forms.module.css'
import { wouldCycle } from '#renderer/stores/edits.ts'
import { useFlow } from '#renderer/stores/flow.ts'
import { outputKind, type Outline, type TaskOutline, type Wire } from '#renderer/stores/outline.ts'
import { selectTasks } from '#renderer/stores/selection.ts'
import { useSession } from '#renderer/stores/session.ts'
import { AfterTasks } from './after-tasks.tsx'
import classes from './task-settings.module.css'

type Types = ReadonlyMap<string, TaskTypeSummary>

const KindMark = ({ kind }: { kind: PortKind }) => (
  <span className={classes['kindMark']} data-kind={kind} role="img" aria-label={kind} title={kind} />
)

/** Outputs of other tasks that a port may take: of its kind, and no circle. */
const fittingOutputs = (outline: Outline, types: Types, task: string, port: InputPort): readonly string[] =>
  outline.tasks
    .filter(({ id }) => id !== task && !wouldCycle(outline, id, task))
    .flatMap(({ id, type }) =>
      Object.entries(types.get(type)?.outputs ?? {})
        .filter(([, { kind, many }]) => kind === port.kind && (!many || port.many))
        .map(([output]) => `${id}.${output}`),
    )

const referenceOf = ({ from }: Wire): string => `${from.task}.${from.output}`

const splitReference = (text: string): { task: string; output: string } => {
  const dot = text.indexOf('.')
  return { task: text.slice(0, dot), output: text.slice(dot + 1) }
}

type InputProps = { readonly task: string; readonly name: string; readonly port: InputPort }

const Input = ({ task, name, port }: InputProps) => {
  const { change, problems } = useForm()
  const outline = useFlow((state) => state.outline)
  const types = useSession((session) => session.taskTypes)
  const path = ['tasks', task, 'inputs', name]
  const taken = outline.wires.filter(({ to }) => to.task === task && to.port === name).map(referenceOf)
  const free = fittingOutputs(outline, types, task, port).filter((one) => !taken.includes(one))
  const many = port.many ?? false
  const connect = (text: string) =>
    change('Connect', { kind: 'connect', task, port: name, from: splitReference(text), many })
  const disconnect = (text: string) =>
    change('Disconnect', { kind: 'disconnect', task, port: name, from: splitReference(text) })
  const showSelect = many || taken.length === 0
  const none = free.length === 0 && taken.length === 0
  return (
    <div className={forms['field']} data-field={pathText(path)} role="group" aria-label={port.title}>
      <div className={classes['port']}>
        <KindMark kind={port.kind} />
        <span className={forms['label']}>{port.title}</span>
        <span className={classes['kind']}>
          {name}
          {port.optional ? ' · optional' : ''}
          {many ? ' · takes several' : ''}
        </span>
      </div>
      {taken.map((reference) => (
        <div key={reference} className={forms['row']}>
          <NativeSelect
            size="xs"
            aria-label={`${port.title} takes`}
            value={reference}
            data={[reference, ...free]}
            onChange={(event) => {
              const next = event.currentTarget.value
              const operations = [
                ...(many ? [{ kind: 'disconnect' as const, task, port: name, from: splitReference(reference) }] : []),
                { kind: 'connect' as const, task, port: name, from: splitReference(next), many },
              ]
              change('Connect', { kind: 'batch', operations })
            }}
          />
          <span className={forms['actions']}>
            <ActionIcon
              size={22}
              variant="subtle"
              color="gray"
              aria-label={`Disconnect ${reference}`}
              onClick={() => disconnect(reference)}
            >
              <X size={14} aria-hidden />
            </ActionIcon>
          </span>
        </div>
      ))}
      {showSelect && !none && free.length > 0 && (
        <NativeSelect
          size="xs"
          aria-label={taken.length > 0 ? `${port.title} also takes` : `${port.title} takes`}
          value=""
          data={[{ value: '', label: taken.length > 0 ? 'Add another …' : 'Choose an output …' }, ...free]}
          onChange={(event) => event.currentTarget.value !== '' && connect(event.currentTarget.value)}
        />
      )}
      {none && <p className={forms['help']}>No task before it makes a {port.kind}.</p>}
      {port.help && <p className={forms['help']}>{port.help}</p>}
      <ProblemLines problems={problemsWithin(problems, path)} />
    </div>
  )
}

const Outputs = ({ task, type }: { task: TaskOutline; type: TaskTypeSummary }) => {
  const outline = useFlow((state) => state.outline)
  const types = useSession((session) => session.taskTypes)
  return Object.entries(type.outputs).map(([name, { title, help }]) => {
    const kind = outputKind(types, task.type, name)
    const takers = outline.wires.filter(({ from, to }) => from.task === task.id && from.output === name && to.port)
    return (
      <div key={name} className={forms['field']}>
        <div className={classes['port']}>
          {kind && <KindMark kind={kind} />}
          <span className={forms['label']}>{title}</span>
          <span className={classes['kind']}>{name}</span>
        </div>
        {takers.length === 0 && <p className={forms['help']}>Nobody takes it.</p>}
        <ul className={classes['takers']}>
          {takers.map(({ id, to }) => (
            <li key={id}>
              <button type="button" className={classes['link']} onClick={() => selectTasks([to.task])}>
                {to.task} · {to.port}
              </button>
            </li>
          ))}
        </ul>
        {help && <p className={forms['help']}>{help}</p>}
      </div>
    )
  })
}

/** What a task takes and from whom, and what it makes and for whom. */
export const PortsTab = ({ task, type }: { task: TaskOutline; type: TaskTypeSummary | undefined }) => {
  const inputs = Object.entries(type?.inputs ?? {})
  return (
    <FlowForm task={task.id}>
      <Fields>
        {inputs.length > 0 && <h3 className={classes['section']}>Inputs</h3>}
        {inputs.map(([name, port]) => (
          <Input key={name} task={task.id} name={name} port={port} />
        ))}
        <AfterTasks task={task} />
        {type && Object.keys(type.outputs).length > 0 && <h3 className={classes['section']}>Outputs</h3>}
        {type && <Outputs task={task} type={type} />}
      </Fields>
    </FlowForm>
  )
}
