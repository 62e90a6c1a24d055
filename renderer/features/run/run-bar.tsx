import { ActionIcon, Button, Menu, Popover, Tooltip } from '@mantine/core'
import { ChevronDown, Play } from 'lucide-react'
import { runCommand, showKeys } from '#renderer/stores/commands.ts'
import { takeRunFocus } from '#renderer/stores/first-run.ts'
import { useFlow } from '#renderer/stores/flow.ts'
import { closeRunPanel, useRunning } from '#renderer/stores/running.ts'
import { useSelection } from '#renderer/stores/selection.ts'
import { RunControls } from './run-controls.tsx'
import { RunFailure } from './run-failure.tsx'
import { RunPanel } from './run-panel.tsx'
import { RunState } from './run-state.tsx'
import { useRunCommands } from './use-run-commands.ts'
import classes from './run-bar.module.css'

const MoreWays = ({ disabled }: { disabled: boolean }) => {
  const task = useSelection((state) => (state.tasks.length === 1 ? state.tasks[0] : undefined))
  const parts = [
    ['run.only', 'Run only this task'],
    ['run.to', 'Run to here'],
    ['run.from', 'Run from here'],
  ] as const
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon
          variant="filled"
          size={30}
          aria-label="More ways to run"
          disabled={disabled}
          className={classes['more']}
        >
          <ChevronDown size={14} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          rightSection={<span className={classes['keys']}>{showKeys('Mod+Shift+Enter')}</span>}
          onClick={() => runCommand('run.with-parameters')}
        >
          Run with parameters…
        </Menu.Item>
        <Menu.Divider />
        <Menu.Label>{task === undefined ? 'Select one task to run a part' : task}</Menu.Label>
        {parts.map(([id, title]) => (
          <Menu.Item key={id} disabled={task === undefined} onClick={() => runCommand(id)}>
            {title}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}

/** The first success is one key away. */
const focusAtFirstStart = (button: HTMLButtonElement | null): void => {
  if (button && takeRunFocus()) button.focus()
}

const RunButton = () => {
  const starting = useRunning((state) => state.asked === 'start')
  const panel = useRunning((state) => state.panel)
  const errors = useFlow(
    (state) => state.draft?.content.problems.filter(({ severity }) => severity === 'error').length ?? 0,
  )
  const key = panel ? JSON.stringify(panel.part) : ''
  return (
    <Popover
      opened={panel !== null}
      onChange={(opened) => !opened && closeRunPanel()}
      position="bottom-end"
      width={380}
      shadow="md"
      trapFocus
      returnFocus
      withinPortal
      withRoles={false}
    >
      <Popover.Target>
        <span className={classes['split']}>
          <Tooltip label={errors > 0 ? `${errors} problems to solve first` : `Run (${showKeys('Mod+Enter')})`}>
            <Button
              ref={focusAtFirstStart}
              size="xs"
              leftSection={<Play size={14} />}
              loading={starting}
              disabled={errors > 0}
              onClick={() => runCommand('run.start')}
            >
              Run
            </Button>
          </Tooltip>
          <MoreWays disabled={errors > 0} />
        </span>
      </Popover.Target>
      <Popover.Dropdown p={0} role="dialog" aria-label="Run">
        {panel && <RunPanel key={key} part={panel.part} />}
      </Popover.Dropdown>
    </Popover>
  )
}

/** The run that is shown, what can be done with it, and the button that starts another. */
export const RunBar = () => {
  useRunCommands()
  return (
    <div className={classes['bar']}>
      <RunState />
      <RunControls />
      <RunButton />
      <RunFailure />
    </div>
  )
}
