import { ActionIcon, Tooltip } from '@mantine/core'
import { FolderOpen } from 'lucide-react'
import { useState, type DragEvent, type ReactNode } from 'react'
import { failureOfCall } from '#core/api/client.ts'
import type { InputFile, TransferProgress } from '#renderer/rpc/host.ts'
import { useWorld } from '#renderer/rpc/world.tsx'
import { formatBytes } from '#renderer/ui/format.ts'
import classes from './forms.module.css'

type Coming =
  | { readonly state: 'none' }
  /** On its way to where the engine can read it. */
  | { readonly state: 'coming'; readonly done: number; readonly total: number }
  | { readonly state: 'failed'; readonly message: string }

export type FileInput = {
  readonly coming: Coming
  browse(): void
  drop(file: File): void
}

/** Brings a file that is chosen or dropped where the engine reads it; `take` gets its path. */
export const useFileInput = (take: (path: string) => void): FileInput => {
  const { host } = useWorld()
  const [coming, setComing] = useState<Coming>({ state: 'none' })
  const bring = async (ask: (progress: TransferProgress) => Promise<InputFile | null>) => {
    setComing({ state: 'none' })
    try {
      const file = await ask((done, total) => setComing({ state: 'coming', done, total }))
      setComing({ state: 'none' })
      if (file) take(file.path)
    } catch (error) {
      setComing({ state: 'failed', message: failureOfCall(error).message })
    }
  }
  return {
    coming,
    browse: () => void bring((progress) => host.chooseInput(progress)),
    drop: (file) => void bring((progress) => host.takeDropped(file, progress)),
  }
}

export type BrowseButtonProps = { readonly input: Pick<FileInput, 'coming' | 'browse'>; readonly what: string }

export const BrowseButton = ({ input, what }: BrowseButtonProps) => (
  <Tooltip label="Browse">
    <ActionIcon
      size={22}
      variant="subtle"
      color="gray"
      aria-label={`Browse for ${what.toLowerCase()}`}
      loading={input.coming.state === 'coming'}
      onClick={input.browse}
    >
      <FolderOpen size={14} aria-hidden />
    </ActionIcon>
  </Tooltip>
)

const Coming = ({ coming }: { coming: Coming }) => {
  switch (coming.state) {
    case 'coming':
      return (
        <p className={classes['help']} role="status">
          {formatBytes(coming.done)} of {formatBytes(coming.total)}
        </p>
      )
    case 'failed':
      return (
        <p className={classes['problem']} data-severity="error" role="alert">
          {coming.message}
        </p>
      )
    case 'none':
      return null
    default:
      return coming satisfies never
  }
}

const holdsFiles = ({ dataTransfer }: DragEvent): boolean => dataTransfer.types.includes('Files')

/** A file that is dropped on what stands here is taken by it, and not opened as a flow. */
export const FileTarget = ({ input, children }: { input: FileInput; children: ReactNode }) => {
  const [isOver, setOver] = useState(false)
  return (
    <div
      className={classes['target']}
      data-over={isOver || undefined}
      onDragOver={(event) => {
        if (!holdsFiles(event)) return
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        setOver(false)
        const [file] = event.dataTransfer.files
        if (!holdsFiles(event) || !file) return
        event.preventDefault()
        input.drop(file)
      }}
    >
      {children}
      <Coming coming={input.coming} />
    </div>
  )
}
