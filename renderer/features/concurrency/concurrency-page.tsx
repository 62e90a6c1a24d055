import { ActionIcon, Button, NumberInput, TextInput } from '@mantine/core'
import { Gauge, Trash2 } from 'lucide-react'
import { useState, type SubmitEvent } from 'react'
import { slotTaskRun, type TagLimit } from '#core/model/reports.ts'
import { useWorld } from '#renderer/rpc/world.tsx'
import { addressOf } from '#renderer/stores/navigation.ts'
import { EmptyState } from '#renderer/ui/empty-state.tsx'
import { offerUndo } from '#renderer/ui/offer-undo.tsx'
import { Page } from '#renderer/ui/page.tsx'
import { useLimits, type Limits } from './use-limits.ts'
import classes from './concurrency-page.module.css'

const NewLimit = ({ set }: { set: Limits['set'] }) => {
  const [tag, setTag] = useState('')
  const [limit, setLimit] = useState<number | string>(1)
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    void set(tag.trim(), Number(limit))
    setTag('')
  }
  return (
    <form className={classes['form']} onSubmit={submit}>
      <TextInput
        size="xs"
        placeholder="Tag"
        aria-label="Tag"
        value={tag}
        onChange={(event) => setTag(event.currentTarget.value)}
      />
      <NumberInput size="xs" aria-label="Limit" min={0} allowDecimal={false} value={limit} onChange={setLimit} w={90} />
      <Button size="xs" type="submit" disabled={tag.trim() === '' || limit === ''}>
        Set limit
      </Button>
    </form>
  )
}

/** Task runs by the names of their runs, each a link to its run. */
const Who = ({ entries, names }: { entries: readonly string[]; names: ReadonlyMap<string, string> }) =>
  entries.map((entry) => {
    const { flowRun, taskRun } = slotTaskRun(entry)
    return (
      <a key={entry} href={addressOf({ page: 'run', flowRun })}>
        {names.get(flowRun) ?? flowRun.slice(0, 8)} · {taskRun}
      </a>
    )
  })

/** The limit itself, changed in place: with Enter, or by leaving the field. */
const LimitField = ({ tag, limit, set }: { tag: string; limit: number; set: Limits['set'] }) => {
  const [value, setValue] = useState<number | string>(limit)
  const take = () => {
    if (value === '') setValue(limit)
    else if (Number(value) !== limit) void set(tag, Number(value))
  }
  return (
    <NumberInput
      size="xs"
      w={80}
      aria-label={`Limit of ${tag}`}
      min={0}
      allowDecimal={false}
      value={value}
      onChange={setValue}
      onBlur={take}
      onKeyDown={(event) => event.key === 'Enter' && take()}
    />
  )
}

const removeWithUndo = async ({ remove, set }: Limits, tag: string, limit: number): Promise<void> => {
  if (await remove(tag)) offerUndo(`Deleted the limit of ${tag}.`, async () => void (await set(tag, limit)))
}

const Row = ({ limit: { tag, limit, holders, waiters }, limits }: { limit: TagLimit; limits: Limits }) => (
  <tr>
    <th scope="row">{tag}</th>
    <td>
      <LimitField key={limit} tag={tag} limit={limit} set={limits.set} />
    </td>
    <td>
      <meter className={classes['meter']} min={0} max={Math.max(1, limit)} value={holders.length} aria-hidden />
      {holders.length} in use
    </td>
    <td className={classes['who']}>
      <Who entries={holders} names={limits.names} />
    </td>
    <td className={classes['who']}>
      <Who entries={waiters} names={limits.names} />
    </td>
    <td>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={`Delete the limit of ${tag}`}
        onClick={() => void removeWithUndo(limits, tag, limit)}
      >
        <Trash2 size={16} />
      </ActionIcon>
    </td>
  </tr>
)

/** How many task runs with a tag run at once, who holds a slot and who waits. */
export const ConcurrencyPage = () => {
  const { engine } = useWorld()
  const limits = useLimits(engine)
  return (
    <Page title="Concurrency" actions={<NewLimit set={limits.set} />}>
      {limits.failure !== null && (
        <p role="alert" className={classes['failure']}>
          {limits.failure}
        </p>
      )}
      {limits.list?.length === 0 && (
        <EmptyState
          icon={Gauge}
          title="No limits"
          text="A limit says how many task runs with a tag run at once, over all flows: tag tasks that use the same database, and set a limit for the tag."
        />
      )}
      {limits.list && limits.list.length > 0 && (
        <table className={classes['table']}>
          <thead>
            <tr>
              <th>Tag</th>
              <th>Limit</th>
              <th>In use</th>
              <th>Who holds a slot</th>
              <th>Who waits</th>
              <th aria-label="Delete" />
            </tr>
          </thead>
          <tbody>
            {limits.list.map((limit) => (
              <Row key={limit.tag} limit={limit} limits={limits} />
            ))}
          </tbody>
        </table>
      )}
    </Page>
  )
}
