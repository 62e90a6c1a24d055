import { MantineProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { CommandPalette } from '#renderer/features/commands/command-palette.tsx'
import { useBlockCommands } from '#renderer/features/blocks/use-block-commands.ts'
import { useFlowCommands } from '#renderer/features/flows/use-flow-commands.ts'
import { Pages } from './pages.tsx'
import { Shell } from './shell.tsx'
import { cssVariables, theme } from './theme.ts'
import { WorldProvider, type World } from '#renderer/rpc/world.tsx'

/** What can be done from everywhere. */
const Commands = () => {
  useFlowCommands()
  useBlockCommands()
  return <CommandPalette />
}

export const App = ({ world }: { world: World }) => (
  <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
    <Notifications position="bottom-right" />
    <WorldProvider value={world}>
      <Shell>
        <Pages />
      </Shell>
      <Commands />
    </WorldProvider>
  </MantineProvider>
)
