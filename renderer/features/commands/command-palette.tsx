import { Kbd, Modal, TextInput } from '@mantine/core'
import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react'
import { offerCommands, runCommand, showKeys, useCommands, type Command } from '#renderer/stores/commands.ts'
import { rememberCommands } from './known-commands.ts'
import { findCommands, noteCommand, recentCommands } from './find-commands.ts'
import classes from './command-palette.module.css'

const Results = ({
  commands,
  chosen,
  run,
}: {
  commands: readonly Command[]
  chosen: number
  run(command: Command): void
}) => (
  <ul className={classes['list']} role="listbox" id="commands" aria-label="Commands">
    {commands.map((command, index) => {
      const why = command.disabled?.() ?? null
      return (
        <li
          key={command.id}
          id={`command-${command.id}`}
          role="option"
          aria-selected={index === chosen}
          aria-disabled={why !== null}
          className={classes['command']}
          onClick={() => run(command)}
          onKeyDown={(event) => event.key === 'Enter' && run(command)}
        >
          <span className={classes['group']}>{command.group}</span>
          <span className={classes['title']}>
            {command.title}
            {why !== null && <span className={classes['why']}>{why}</span>}
          </span>
          {command.keys?.[0] && <Kbd size="xs">{showKeys(command.keys[0])}</Kbd>}
        </li>
      )
    })}
  </ul>
)

/** Every command there is now, found by its words, with its keys. */
export const CommandPalette = () => {
  const [open, setOpen] = useState(false)
  const [text, setText] = useState('')
  const [chosen, setChosen] = useState(0)
  const commands = useCommands((state) => state.commands)
  useEffect(() => rememberCommands(commands.values()), [commands])
  const list = useRef<HTMLDivElement>(null)
  const found = useMemo(
    () =>
      open
        ? findCommands(
            [...commands.values()].filter(({ id }) => id !== 'app.commands'),
            text,
            recentCommands(),
          )
        : [],
    [commands, open, text],
  )
  useEffect(
    () =>
      offerCommands([
        {
          id: 'app.commands',
          title: 'Commands',
          group: 'View',
          keys: ['Mod+K'],
          run: () => {
            setText('')
            setChosen(0)
            setOpen(true)
          },
        },
      ]),
    [],
  )
  const run = (command: Command) => {
    if ((command.disabled?.() ?? null) !== null) return
    noteCommand(command.id)
    setOpen(false)
    // The focus goes back first, since commands may depend on it.
    requestAnimationFrame(() => runCommand(command.id))
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step !== 0) {
      event.preventDefault()
      const next = (chosen + step + found.length) % Math.max(1, found.length)
      setChosen(next)
      list.current?.querySelectorAll('[role=option]')[next]?.scrollIntoView({ block: 'nearest' })
    }
    const command = found[chosen]
    if (event.key === 'Enter' && command) run(command)
  }
  return (
    <Modal
      opened={open}
      onClose={() => setOpen(false)}
      withCloseButton={false}
      padding={0}
      size={560}
      title={null}
      attributes={{ content: { 'aria-label': 'Commands' } }}
    >
      <TextInput
        data-autofocus
        variant="unstyled"
        className={classes['input'] ?? ''}
        placeholder="What do you want to do?"
        aria-label="Search commands"
        role="combobox"
        aria-expanded
        aria-controls="commands"
        aria-activedescendant={found[chosen] ? `command-${found[chosen].id}` : undefined}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value)
          setChosen(0)
        }}
        onKeyDown={onKeyDown}
      />
      <div ref={list}>
        {found.length === 0 && <p className={classes['none']}>No command fits “{text}”.</p>}
        <Results commands={found} chosen={chosen} run={run} />
      </div>
    </Modal>
  )
}
