import { useEffect, useState } from 'react'
import { CircleSlash, Play, Recycle, TriangleAlert, type LucideIcon } from 'lucide-react'
import { failureOfCall } from '#core/api/client.ts'
import type { PartFate, PartPlan } from '#core/model/part-plan.ts'
import { useWorld } from '#renderer/rpc/world.tsx'
import { useFlow } from '#renderer/stores/flow.ts'
import type { Values } from '#renderer/stores/parameters.ts'
import type { Part } from '#renderer/stores/running.ts'
import { useIsConnected } from '#renderer/stores/session.ts'
import { formatAgo } from '#renderer/ui/format.ts'
import { useNow } from '#renderer/ui/use-now.ts'
import classes from './part-plan.module.css'

export type Planned =
  | { readonly state: 'asking' }
  | { readonly state: 'known'; readonly plan: PartPlan }
  | { readonly state: 'refused'; readonly message: string }

/** What would become of each task if this part ran now. */
export const usePartPlan = (part: Part | null, parameters: Values): Planned | null => {
  const { engine } = useWorld()
  const connected = useIsConnected()
  const file = useFlow((state) => state.draft?.file ?? null)
  const revision = useFlow((state) => state.draft?.revision ?? 0)
  const [planned, setPlanned] = useState<Planned>({ state: 'asking' })
  const asked = JSON.stringify({ part, parameters })
  useEffect(() => {
    const { part: selection, parameters: values } = JSON.parse(asked) as { part: Part | null; parameters: Values }
    if (selection === null || file === null || !connected) return undefined
    const left = new AbortController()
    const request = { source: { from: 'file', path: file, cwd: '/' }, parameters: { values }, selection } as const
    engine.client.runs.planPart(request, { signal: left.signal }).then(
      (plan) => setPlanned({ state: 'known', plan }),
      (error: unknown) => {
        if (!left.signal.aborted) setPlanned({ state: 'refused', message: failureOfCall(error).message })
      },
    )
    return () => left.abort()
  }, [connected, engine, file, revision, asked])
  return part === null ? null : planned
}

const fates: Readonly<Record<Exclude<PartFate, 'left-out'>, { readonly title: string; readonly icon: LucideIcon }>> = {
  runs: { title: 'Runs', icon: Play },
  reused: { title: 'Reused', icon: Recycle },
  missing: { title: 'Missing', icon: CircleSlash },
}

const Row = ({ fate, plan, aside }: { fate: keyof typeof fates; plan: PartPlan; aside: string | null }) => {
  const tasks = plan.tasks.filter((one) => one.fate === fate).map(({ task }) => task)
  if (tasks.length === 0) return null
  const { title, icon: Icon } = fates[fate]
  return (
    <div className={classes['row']} data-fate={fate}>
      <dt>
        <Icon size={14} aria-hidden /> {title} {tasks.length}
      </dt>
      <dd>
        {tasks.join(', ')}
        {aside !== null && <span className={classes['aside']}> {aside}</span>}
      </dd>
    </div>
  )
}

/** Before it starts: which tasks run, which results are used once more, and what nobody has. */
export const PartPlanView = ({ planned }: { planned: Planned }) => {
  if (planned.state === 'asking') return <p className={classes['quiet']}>Looking what there is …</p>
  if (planned.state === 'refused') return <Refusal message={planned.message} />
  return <Known plan={planned.plan} />
}

const Known = ({ plan }: { plan: PartPlan }) => {
  const now = useNow(true, 10_000)
  const { reuse, refusal } = plan
  return (
    <>
      <dl className={classes['plan']} aria-label="What runs">
        <Row fate="runs" plan={plan} aside={null} />
        <Row fate="reused" plan={plan} aside={reuse && `from ${reuse.name}, ${formatAgo(reuse.createdAt, now)}`} />
        <Row fate="missing" plan={plan} aside={null} />
      </dl>
      {refusal !== null && <Refusal message={refusal} />}
    </>
  )
}

const Refusal = ({ message }: { message: string }) => (
  <p className={classes['refusal']} role="alert">
    <TriangleAlert size={14} aria-hidden />
    <span>{message}</span>
  </p>
)
