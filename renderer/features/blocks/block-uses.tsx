import type { BlockUses, FlowUse } from '#core/model/block.ts'
import { addressOf, type Place } from '#renderer/stores/navigation.ts'
import classes from './block-page.module.css'

const placeOf = ({ library, file }: FlowUse, task: string | null): Place => {
  const at = task === null ? {} : { task }
  return library === null ? { page: 'file', path: file, ...at } : { page: 'flow', name: library, ...at }
}

const Flow = ({ use }: { use: FlowUse }) => {
  const tasks = [...new Set(use.places.map(({ task }) => task))].filter((task) => task !== null)
  const elsewhere = use.places.filter(({ task }) => task === null).map(({ path }) => path.join('.'))
  return (
    <li>
      <a href={addressOf(placeOf(use, tasks[0] ?? null))}>{use.name}</a>
      <span className={classes['at']}>
        {tasks.map((task) => (
          <a key={task} href={addressOf(placeOf(use, task))} aria-label={`Task ${task} of ${use.name}`}>
            {task}
          </a>
        ))}
        {elsewhere.map((path) => (
          <code key={path}>{path}</code>
        ))}
      </span>
    </li>
  )
}

/** All that names a block, each a way to it. */
export const UsesList = ({ uses }: { uses: BlockUses }) => (
  <ul className={classes['uses']} aria-label="What uses it">
    {uses.flows.map((use) => (
      <Flow key={use.file} use={use} />
    ))}
    {uses.blocks.map(({ reference, fields }) => (
      <li key={reference}>
        <a href={addressOf({ page: 'block', reference })}>{reference.replace('block:', '')}</a>
        <span className={classes['at']}>
          {fields.map((field) => (
            <code key={field}>{field}</code>
          ))}
        </span>
      </li>
    ))}
    {uses.runs.map(({ flowRun, name }) => (
      <li key={flowRun}>
        <a href={addressOf({ page: 'run', flowRun })}>{name}</a>
        <span className={classes['at']}>a run that has not ended</span>
      </li>
    ))}
  </ul>
)
