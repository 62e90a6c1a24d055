import { Button } from '@mantine/core'
import { ListChecks } from 'lucide-react'
import { useEffect } from 'react'
import { useWorld } from '#renderer/rpc/world.tsx'
import { useIsConnected } from '#renderer/stores/session.ts'
import { EmptyState } from '#renderer/ui/empty-state.tsx'
import { Page } from '#renderer/ui/page.tsx'
import { ChosenRuns } from './chosen-runs.tsx'
import { everything } from './run-filter.ts'
import { RunFilters } from './run-filters.tsx'
import { followRuns, setFilter, useRunList } from './run-list.ts'
import { RunTable } from './run-table.tsx'
import classes from './runs-page.module.css'

const Nothing = () => {
  const { engine } = useWorld()
  const isFiltered = useRunList(({ filter }) => JSON.stringify(filter) !== JSON.stringify(everything))
  if (isFiltered)
    return (
      <EmptyState icon={ListChecks} title="No run fits" text="No run has all that the filters above ask for.">
        <Button size="xs" variant="default" onClick={() => void setFilter(engine, everything)}>
          Clear the filters
        </Button>
      </EmptyState>
    )
  return (
    <EmptyState
      icon={ListChecks}
      title="No runs yet"
      text="Each run of a flow is kept here, with what became of it. Open a flow and press Run."
    >
      <Button size="xs" component="a" href="#/flows">
        Go to the flows
      </Button>
    </EmptyState>
  )
}

/** Every flow run: found, compared, run again, taken away. */
export const RunsPage = () => {
  const { engine } = useWorld()
  const connected = useIsConnected()
  const total = useRunList((state) => state.total)
  const failure = useRunList((state) => state.failure)
  // What was read stays while the engine is away.
  useEffect(() => (connected ? followRuns(engine) : undefined), [connected, engine])
  return (
    <Page title="Runs" actions={<RunFilters />}>
      <div className={classes['page']}>
        {failure && (
          <p role="alert" className={classes['failure']}>
            {failure.message}
          </p>
        )}
        {total === 0 && <Nothing />}
        {total !== null && total > 0 && <RunTable total={total} />}
        <ChosenRuns />
      </div>
    </Page>
  )
}
