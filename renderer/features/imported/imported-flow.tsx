import { Button } from '@mantine/core'
import { Boxes, FileTerminal, FolderOpen, Globe, PackageOpen, Workflow, type LucideIcon } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import type { FlowTouches, Touch, Touched } from '#core/model/flow-library.ts'
import { parseBlockReference } from '#core/model/block-reference.ts'
import { NewBlock } from '#renderer/forms/new-block.tsx'
import { useWorld } from '#renderer/rpc/world.tsx'
import { runCommand } from '#renderer/stores/commands.ts'
import { useFlow } from '#renderer/stores/flow.ts'
import { forgetTouches, readTouches, trustFlow, useImported } from '#renderer/stores/imported.ts'
import { selectTasks } from '#renderer/stores/selection.ts'
import { useIsConnected, useSession } from '#renderer/stores/session.ts'
import classes from './imported-flow.module.css'

/** Kept up to date while the flow is changed and blocks are made. */
const useTouches = (file: string | null) => {
  const { engine } = useWorld()
  const revision = useFlow((state) => state.draft?.revision)
  const connected = useIsConnected()
  useEffect(() => {
    if (file !== null && connected) void readTouches(engine, file)
  }, [engine, file, revision, connected])
  useEffect(() => forgetTouches, [file])
  return useImported((state) => state.touches)
}

type TaskProps = Pick<Touch, 'tasks'> & { readonly inSubflow: boolean }

/** Those of a subflow are not on this canvas. */
const Tasks = ({ tasks, inSubflow }: TaskProps) =>
  tasks.map((task) =>
    inSubflow ? (
      <span key={task} className={classes['task']}>
        {task}
      </span>
    ) : (
      <button key={task} type="button" className={classes['task']} onClick={() => selectTasks([task])}>
        {task}
      </button>
    ),
  )

type GroupProps = {
  readonly icon: LucideIcon
  readonly title: string
  readonly touches: readonly (Touch & { readonly exists?: boolean | null })[]
  readonly inSubflow: boolean
}

const Group = ({ icon: Icon, title, touches, inSubflow }: GroupProps) => {
  if (touches.length === 0) return null
  return (
    <section className={classes['group']} aria-label={title}>
      <h3>
        <Icon size={14} aria-hidden /> {title}
      </h3>
      <ul>
        {touches.map((touch) => (
          <li key={touch.name} data-missing={touch.exists === false || undefined}>
            <code title={touch.name}>{touch.name}</code>
            {touch.exists === false && <strong>is missing</strong>}
            {touch.exists === null && <strong>is known only in a run</strong>}
            <Tasks tasks={touch.tasks} inSubflow={inSubflow} />
          </li>
        ))}
      </ul>
    </section>
  )
}

const Groups = ({ touched, subflow = null }: { touched: Touched; subflow?: string | null }) => {
  const inSubflow = subflow !== null
  if (inSubflow && reachesNothing(touched)) return null
  return (
    <section aria-label={inSubflow ? `In ${subflow}` : 'In this flow'}>
      {inSubflow && <h3 className={classes['subflow']}>In {subflow}</h3>}
      <div className={classes['groups']}>
        <Group icon={FileTerminal} title="Scripts" touches={touched.scripts} inSubflow={inSubflow} />
        <Group icon={Globe} title="Hosts" touches={touched.hosts} inSubflow={inSubflow} />
        <Group icon={FolderOpen} title="Paths" touches={touched.paths} inSubflow={inSubflow} />
        <Group icon={Boxes} title="Blocks" touches={touched.blocks} inSubflow={inSubflow} />
        <Group icon={Workflow} title="Subflows" touches={touched.flows} inSubflow={inSubflow} />
      </div>
    </section>
  )
}

const reachesNothing = ({ scripts, hosts, paths, blocks, flows }: Touched): boolean =>
  [scripts, hosts, paths, blocks, flows].every((list) => list.length === 0)

const missingBlocks = ({ blocks, subflows }: FlowTouches): readonly string[] => {
  const all = [blocks, ...subflows.map((subflow) => subflow.blocks)].flat()
  return [...new Set(all.flatMap(({ name, exists }) => (exists ? [] : [name])))]
}

/** Blocks that the flow, or one that it runs, names and the home does not have, to be made here. */
const MissingBlocks = ({ touches, file }: { touches: FlowTouches; file: string }) => {
  const { engine } = useWorld()
  const types = useSession((session) => session.blockTypes)
  const [making, setMaking] = useState<string | null>(null)
  const made = () => {
    setMaking(null)
    void readTouches(engine, file)
  }
  return missingBlocks(touches).map((name) => {
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

const panelWords = ({ subflows, ...touches }: FlowTouches): string =>
  [touches, ...subflows].every(reachesNothing)
    ? 'It reaches nothing outside Millrace.'
    : 'Before its first run, look at what it touches.'

/** It is not known what the flow touches: until it is, it does not run. */
const Unknown = ({ file, message, asked }: { file: string; message: string; asked: boolean }) => {
  const { engine } = useWorld()
  const button = useFocusWhen(asked)
  return (
    <section className={classes['panel']} aria-label="Imported flow">
      <header>
        <PackageOpen size={16} aria-hidden />
        <span role="alert">
          <strong>What this flow touches could not be read.</strong> {message}
        </span>
        <Button ref={button} size="compact-sm" onClick={() => void readTouches(engine, file)}>
          Read again
        </Button>
      </header>
    </section>
  )
}

const useFocusWhen = (asked: boolean) => {
  const button = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    if (asked) button.current?.focus()
  }, [asked])
  return button
}

/** Before a flow from elsewhere runs for the first time: what it touches, and what it lacks. */
export const ImportedFlow = () => {
  const { engine } = useWorld()
  const file = useFlow((state) => state.draft?.file ?? null)
  const touches = useTouches(file)
  const asked = useImported((state) => state.asked)
  const failure = useImported((state) => state.failure)
  const button = useFocusWhen(asked)
  if (file === null) return null
  if (!touches) return failure && <Unknown file={file} message={failure.message} asked={asked} />
  const accept = async () => {
    if ((await trustFlow(engine, file)) && asked) runCommand('run.start')
  }
  return (
    <section className={classes['panel']} aria-label="Imported flow">
      <header>
        <PackageOpen size={16} aria-hidden />
        <span>
          <strong>This flow{touches.subflows.length > 0 && ', or one that it runs,'} came from elsewhere.</strong>{' '}
          {failure ? <span role="alert">{failure.message}</span> : panelWords(touches)}
        </span>
        <Button ref={button} size="compact-sm" onClick={() => void accept()}>
          {asked ? 'Looks right, run it' : 'Looks right'}
        </Button>
      </header>
      <Groups touched={touches} />
      {touches.subflows.map(({ name, ...touched }) => (
        <Groups key={name} touched={touched} subflow={name} />
      ))}
      <div className={classes['missing']}>
        <MissingBlocks touches={touches} file={file} />
      </div>
    </section>
  )
}
