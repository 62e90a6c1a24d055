import { SegmentedControl, useMantineColorScheme, type MantineColorScheme } from '@mantine/core'
import { useWorld } from '#renderer/rpc/world.tsx'
import { useSession } from '#renderer/stores/session.ts'
import { Page } from '#renderer/ui/page.tsx'
import { ConfigForm } from './config-form.tsx'
import { SecretsForm } from './secrets-form.tsx'
import { useConfig } from './use-config.ts'
import classes from './preferences-page.module.css'

const schemes: { value: MantineColorScheme; label: string }[] = [
  { value: 'auto', label: 'As the system' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
]

const Appearance = () => {
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  return (
    <section aria-label="Appearance">
      <h2>Appearance</h2>
      <SegmentedControl
        size="xs"
        aria-label="Colours"
        data={schemes}
        value={colorScheme}
        onChange={(scheme) => setColorScheme(scheme)}
      />
    </section>
  )
}

const About = () => {
  const version = useSession((session) => session.version)
  return (
    <section aria-label="About">
      <h2>About</h2>
      <p>
        Millrace {version?.millrace} on Node {version?.node}, {version?.platform}. Home: <code>{version?.home}</code>
      </p>
      <p>
        <a href="#/shortcuts">Keyboard shortcuts</a>
      </p>
    </section>
  )
}

/** How the screen looks, what this home is set to, and where its secrets are. */
export const PreferencesPage = () => {
  const { engine } = useWorld()
  const config = useConfig(engine)
  const secrets = config.entries.find(({ key }) => key === 'secrets')
  const others = config.entries.filter(({ key }) => key !== 'secrets')
  return (
    <Page title="Settings">
      <div className={classes['content']}>
        {config.failure !== null && (
          <p role="alert" className={classes['failure']}>
            {config.failure}
          </p>
        )}
        <Appearance />
        <section aria-label="Engine">
          <h2>Engine</h2>
          <p className={classes['quiet']}>
            How much runs at once, and with how much memory, is taken up when Millrace is started again.
          </p>
          {others.map((entry) => (
            <ConfigForm key={`${entry.key}=${entry.value}`} entry={entry} config={config} />
          ))}
        </section>
        {secrets && <SecretsForm entry={secrets} config={config} />}
        <About />
      </div>
    </Page>
  )
}
