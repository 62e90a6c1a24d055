import { Handle, Position, type NodeProps } from '@xyflow/react'
import { memo } from 'react'
import { counted } from '#core/model/counted.ts'
import type { JsonValue } from '#core/model/handle.ts'
import type { TaskTypeSummary } from '#core/model/task-type-summary.ts'
import { mapAt, type TaskOutline } from '#renderer/stores/outline.ts'
import { TaskIcon } from '#renderer/ui/task-icon.tsx'
import type { TaskNode as Node } from './graph.ts'
import { orderHandle, portOffset, portsOf, type Port } from './ports.ts'
import { TaskBadges } from './task-badges.tsx'
import { TaskProgress, TaskRunState } from './task-run-state.tsx'
import { TaskTitle } from './task-title.tsx'
import classes from './task-node.module.css'

const textOf = (value: JsonValue | undefined): string =>
  typeof value === 'string' ? value : value === undefined || value === null ? '' : JSON.stringify(value)

/** Of an address only the last part tells one task from another. */
const short = (text: string): string => {
  const [line = ''] = text.trimStart().split('\n')
  return /^[a-z]+:\/\/\S+$/.test(line) ? (line.replace(/\/+$/, '').split('/').at(-1) ?? line) : line
}

/** The setting that tells most of a task. */
const tellingSetting = ({ raw }: TaskOutline, type: TaskTypeSummary | undefined): string => {
  const settings = mapAt(raw, 'with')
  const keys = (type?.fields ?? []).filter(({ key }) => key).map(({ name }) => textOf(settings[name]))
  return keys.find((text) => text !== '') ?? ''
}

const portWords = ({ title, kind, many, required }: Port, side: 'in' | 'out'): string => {
  const takes = side === 'in' ? `, ${required ? 'needed' : 'optional'}${many ? ', several' : ''}` : ''
  return `${title} (${kind}${takes})`
}

const PortHandle = ({ port, side, index, count }: { port: Port; side: 'in' | 'out'; index: number; count: number }) => (
  <Handle
    id={port.name}
    type={side === 'in' ? 'target' : 'source'}
    position={side === 'in' ? Position.Left : Position.Right}
    className={classes['port'] ?? ''}
    data-kind={port.kind}
    style={{ top: portOffset(index, count) }}
    title={portWords(port, side)}
  />
)

/** Ends of wires that only order. Nobody draws from them. */
const OrderHandle = ({ side }: { side: 'in' | 'out' }) => (
  <Handle
    id={orderHandle}
    type={side === 'in' ? 'target' : 'source'}
    position={side === 'in' ? Position.Left : Position.Right}
    className={classes['order'] ?? ''}
    isConnectable={false}
  />
)

const Body = memo(({ data: { task, type, trouble, ordered } }: { data: Node['data'] }) => {
  const { inputs, outputs } = portsOf(type)
  const setting = tellingSetting(task, type)
  return (
    <div
      className={classes['node']}
      data-group={type?.group ?? 'control'}
      data-disabled={task.raw['disabled'] === true || undefined}
    >
      {ordered && <OrderHandle side="in" />}
      {inputs.map((port, index) => (
        <PortHandle key={port.name} port={port} side="in" index={index} count={inputs.length} />
      ))}
      <TaskIcon name={type?.icon ?? 'circle-help'} />
      <div className={classes['words']}>
        <TaskTitle task={task.id} />
        <div className={classes['setting']} title={setting}>
          {setting === '' ? (type?.title ?? task.type) : short(setting)}
        </div>
      </div>
      <TaskRunState task={task.id} />
      <TaskProgress task={task.id} />
      {trouble && (
        <span
          className={classes['trouble']}
          title={trouble.text}
          role="img"
          aria-label={counted(trouble.count, 'problem')}
        >
          {trouble.count > 9 ? '9+' : trouble.count}
        </span>
      )}
      <TaskBadges task={task} />
      {ordered && <OrderHandle side="out" />}
      {outputs.map((port, index) => (
        <PortHandle key={port.name} port={port} side="out" index={index} count={outputs.length} />
      ))}
    </div>
  )
})
Body.displayName = 'TaskBody'

/** The canvas tells a node of each move; only what it shows draws it again. */
export const TaskNode = memo(
  ({ data }: NodeProps<Node>) => <Body data={data} />,
  (before, after) => before.data === after.data,
)
TaskNode.displayName = 'TaskNode'
