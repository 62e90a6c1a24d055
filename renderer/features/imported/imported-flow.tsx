import { Button } from '@mantine/core'
import { Boxes, FileTerminal, FolderOpen, Globe, PackageOpen, Workflow, type LucideIcon } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import type { FlowTouches, Touch } from '#core/model/flow-library.ts'
import { parseBlockReference } from '#core/model/block-reference.ts'
import { NewBlock } from '#renderer/forms/new-block.tsx'
import { useWorld } from '#renderer/rpc/world.tsx'
import { runCommand } from '#renderer/stores/commands.ts'
import { useFlow } from '#renderer/stores/flow.ts'
import { forgetTouches, readTouches, trustFlow, useImported } from '#renderer/stores/imported.ts'
import { selectTasks } from '#renderer/stores/selection.ts'
import { useSession } from '#renderer/stores/session.ts'
import classes from './imported-flow.module.css'

/** Kept up to date while the flow is changed and blocks are made. */
const useTouches = (name: string | null) => {
  const { engine } = useWorld()
  const revision = useFlow((state) => state.draft?.revision)
  useEffect(() => {
    if (name !== null) void readTouches(engine, name)
  }, [engine, name, revision])
  useEffect(() => forgetTouches, [name])
  return useImported((state) => state.touches)
}

const Tasks = ({ tasks }: Pick<Touch, 'tasks'>) =>
  tasks.map((task) => (
    <button key={task} type="button" className={classes['task']} onClick={() => selectTasks([task])}>
      {task}
    </button>
  ))

const Group = (props: { icon: LucideIcon; title: string; touches: readonly (Touch & { exists?: boolean })[] }) => {
  const { icon: Icon, title, touches } = props
  if (touches.length === 0) return null
  return (
    <section className={classes['group']} aria-label={title}>
      <h3>
        <Icon size={14} aria-hidden /> {title}
      </h3>
      <ul>
        {touches.map((touch) => (
          <li key={touch.name} data-missing={touch.exists === false || undefined}>
            <code>{touch.name}</code>
            {touch.exists === false && <strong>is missing</strong>}
            <Tasks tasks={touch.tasks} />
          </li>
        ))}
      </ul>
    </section>
  )
}

/** Blocks that the flow names and the home does not have, to be made here. */
const MissingBlocks = ({ touches, flow }: { touches: FlowTouches; flow: string }) => {
  const { engine } = useWorld()
  const types = useSession((session) => session.blockTypes)
  const [making, setMaking] = useState<string | null>(null)
  const missing = touches.blocks.filter(({ exists }) => !exists)
  const made = () => {
    setMaking(null)
    void readTouches(engine, flow)
  }
  return missing.map(({ name }) => {
    const reference = parseBlockReference(name)
    const type = types.get(reference?.type ?? '')
    if (!type || !reference) return null
    if (making === name)
      return <NewBlock key={name} types={[type]} name={reference.name} made={made} close={() => setMaking(null)} />
    return (
      <Button key={name} size="compact-xs" variant="light" onClick={() => setMaking(name)}>
        Make {name.replace('block:', '')}
      </Button>
    )
  })
}

const reachesNothing = ({ scripts, hosts, paths, blocks, flows }: FlowTouches): boolean =>
  [scripts, hosts, paths, blocks, flows].every((list) => list.length === 0)

/** Before an imported flow runs for the first time: what it touches, and what it lacks. */
export const ImportedFlow = () => {
  const { engine } = useWorld()
  const name = useFlow((state) => state.draft?.library ?? null)
  const touches = useTouches(name)
  const asked = useImported((state) => state.asked)
  const button = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    if (asked) button.current?.focus()
  }, [asked])
  if (!touches || name === null) return null
  const accept = async () => {
    await trustFlow(engine, name)
    if (asked) runCommand('run.start')
  }
  return (
    <section className={classes['panel']} aria-label="Imported flow">
      <header>
        <PackageOpen size={16} aria-hidden />
        <span>
          <strong>This flow was imported.</strong>{' '}
          {reachesNothing(touches)
            ? 'It reaches nothing outside Millrace.'
            : 'Before its first run, look at what it touches.'}
        </span>
        <Button ref={button} size="compact-sm" onClick={() => void accept()}>
          {asked ? 'Looks right, run it' : 'Looks right'}
        </Button>
      </header>
      <div className={classes['groups']}>
        <Group icon={FileTerminal} title="Scripts" touches={touches.scripts} />
        <Group icon={Globe} title="Hosts" touches={touches.hosts} />
        <Group icon={FolderOpen} title="Paths" touches={touches.paths} />
        <Group icon={Boxes} title="Blocks" touches={touches.blocks} />
        <Group icon={Workflow} title="Subflows" touches={touches.flows} />
      </div>
      <div className={classes['missing']}>
        <MissingBlocks touches={touches} flow={name} />
      </div>
    </section>
  )
}
