import { Menu, TextInput, UnstyledButton } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { ChevronDown, ClipboardCopy, Download, Files, Library, Pencil, type LucideIcon } from 'lucide-react'
import { useState, type KeyboardEvent } from 'react'
import { failureOfCall } from '#core/api/client.ts'
import { exportFlow, openCopy, type NamedFlow } from '#renderer/features/flows/export-flow.ts'
import type { Engine } from '#renderer/rpc/engine.ts'
import { useWorld, type World } from '#renderer/rpc/world.tsx'
import { useFlow, whenSaved } from '#renderer/stores/flow.ts'
import { followedInWords, renameOpenFlow } from '#renderer/stores/rename-flow.ts'
import classes from './editor-bar.module.css'

const rename = async (engine: Engine, to: string): Promise<void> => {
  try {
    const renamed = await renameOpenFlow(engine, to)
    const followed = renamed && followedInWords(renamed)
    if (followed !== null) notifications.show({ message: followed })
  } catch (error) {
    notifications.show({ color: 'red', title: 'Not renamed', message: failureOfCall(error).message, autoClose: 20_000 })
  }
}

const NewName = ({ name, leave }: { name: string; leave(): void }) => {
  const { engine } = useWorld()
  const [text, setText] = useState(name)
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === 'Enter') event.currentTarget.blur()
    if (event.key === 'Escape') leave()
  }
  const keep = () => {
    leave()
    void rename(engine, text.trim())
  }
  return (
    <TextInput
      size="xs"
      className={classes['rename'] ?? ''}
      aria-label="New name of the flow"
      autoFocus
      spellCheck={false}
      value={text}
      onFocus={(event) => event.currentTarget.select()}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={keep}
      onKeyDown={onKeyDown}
    />
  )
}

/** As it is in its file: what was only typed goes there first. */
const openNow = async (): Promise<NamedFlow | null> => {
  await whenSaved()
  const { draft, outline } = useFlow.getState()
  if (!draft) return null
  const { library, file } = draft
  return library === null
    ? { name: outline.name, place: { from: 'file', path: file, cwd: '/' } }
    : { name: library, place: { from: 'library', name: library } }
}

type Item = { readonly title: string; readonly icon: LucideIcon; readonly run: () => void }

const itemsOf = (world: World, isInLibrary: boolean): readonly Item[] => {
  const withFlow = (work: (flow: NamedFlow) => Promise<void>) => () =>
    void openNow().then((flow) => (flow ? work(flow) : undefined))
  const exportAs = (withSubflows: boolean, to: 'file' | 'clipboard') =>
    withFlow((flow) => exportFlow(world, flow, { withSubflows, to }))
  return [
    {
      ...(isInLibrary ? { title: 'Duplicate', icon: Files } : { title: 'Add to the library', icon: Library }),
      run: withFlow((flow) => openCopy(world, flow)),
    },
    { title: 'Export YAML…', icon: Download, run: exportAs(false, 'file') },
    { title: 'Export with subflows…', icon: Download, run: exportAs(true, 'file') },
    { title: 'Copy YAML', icon: ClipboardCopy, run: exportAs(false, 'clipboard') },
  ]
}

/** The name of the flow that is open, with what can be done with it as a whole. */
export const FlowMenu = () => {
  const world = useWorld()
  const name = useFlow((state) => state.outline.name)
  const isInLibrary = useFlow((state) => (state.draft?.library ?? null) !== null)
  const [renaming, setRenaming] = useState(false)
  if (renaming) return <NewName name={name} leave={() => setRenaming(false)} />
  return (
    <Menu position="bottom-start" withinPortal>
      <h1 className={classes['name']}>
        <Menu.Target>
          <UnstyledButton className={classes['flow'] ?? ''} title={name}>
            <span>{name}</span>
            <ChevronDown size={14} aria-hidden />
          </UnstyledButton>
        </Menu.Target>
      </h1>
      <Menu.Dropdown>
        <Menu.Item leftSection={<Pencil size={14} />} onClick={() => setRenaming(true)}>
          Rename
        </Menu.Item>
        {itemsOf(world, isInLibrary).map(({ title, icon: Icon, run }) => (
          <Menu.Item key={title} leftSection={<Icon size={14} />} onClick={run}>
            {title}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
