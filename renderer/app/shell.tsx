import { Blocks, Gauge, ListChecks, Settings, Workflow, type LucideIcon } from 'lucide-react'
import { Loader, Tooltip } from '@mantine/core'
import { useEffect, useState, type ReactNode } from 'react'
import { useSession } from '#renderer/stores/session.ts'
import { addressOf, usePlace, type Place } from '#renderer/stores/navigation.ts'
import { FileDrop } from './file-drop.tsx'
import { HomeTrouble } from './home-trouble.tsx'
import { VaultBar } from './vault-bar.tsx'
import classes from './shell.module.css'

type Entry = {
  readonly place: Place
  readonly title: string
  readonly icon: LucideIcon
  readonly pages: readonly Place['page'][]
}

const entries: readonly Entry[] = [
  { place: { page: 'flows' }, title: 'Flows', icon: Workflow, pages: ['flows', 'flow', 'file'] },
  { place: { page: 'runs' }, title: 'Runs', icon: ListChecks, pages: ['runs', 'run'] },
  { place: { page: 'blocks' }, title: 'Blocks', icon: Blocks, pages: ['blocks', 'block', 'new-block'] },
  { place: { page: 'concurrency' }, title: 'Concurrency', icon: Gauge, pages: ['concurrency'] },
  { place: { page: 'settings' }, title: 'Settings', icon: Settings, pages: ['settings'] },
]

const NavigationEntry = ({ place, title, icon: Icon, pages }: Entry) => {
  const current = usePlace((state) => pages.includes(state.place.page))
  return (
    <Tooltip label={title} position="right" openDelay={300}>
      <a
        className={classes['entry']}
        href={addressOf(place)}
        aria-label={title}
        aria-current={current ? 'page' : undefined}
      >
        <Icon size={20} strokeWidth={1.75} aria-hidden />
      </a>
    </Tooltip>
  )
}

/** Milliseconds within which a connection needs no word. */
const usualWait = 1000

const Banner = ({ words }: { words: string }) => (
  <div className={classes['banner']} role="status">
    <Loader size={14} />
    {words}
  </div>
)

const Connecting = () => {
  const [isLate, setLate] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), usualWait)
    return () => clearTimeout(timer)
  }, [])
  return isLate ? <Banner words="Waiting for the engine to answer …" /> : null
}

/** What the engine's absence means to who works here. */
const EngineBanner = () => {
  const state = useSession((session) => session.engine.state)
  if (state === 'connecting') return <Connecting />
  if (state !== 'lost') return null
  return <Banner words="The engine is away; connecting again … What it ran can be resumed." />
}

export const Shell = ({ children }: { children: ReactNode }) => {
  const engine = useSession((session) => session.engine)
  if (engine.state === 'failed') return <HomeTrouble failure={engine.failure} />
  return (
    <div className={classes['shell']}>
      <nav className={classes['rail']} aria-label="Pages">
        {entries.map((entry) => (
          <NavigationEntry key={entry.title} {...entry} />
        ))}
      </nav>
      <div className={classes['page']}>
        <VaultBar />
        <main className={classes['content']}>{children}</main>
      </div>
      <EngineBanner />
      <FileDrop />
    </div>
  )
}
