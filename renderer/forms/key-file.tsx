import { Button, FileButton } from '@mantine/core'
import { FileKey } from 'lucide-react'
import { useState, type ClipboardEvent, type DragEvent } from 'react'
import { formatBytes } from '#renderer/ui/format.ts'
import classes from './secret-input.module.css'

/** Larger files are no keys; reading them would only take time. */
const largestFile = 256 * 1024

type Taken = { readonly name: string; readonly bytes: number }

type Props = {
  readonly id: string
  readonly describedBy: string
  readonly title: string
  readonly value: string
  take(value: string): void
}

const Empty = ({
  id,
  describedBy,
  title,
  value,
  take,
  read,
}: Props & { read(file: File | undefined): Promise<void> }) => {
  const [isOver, setOver] = useState(false)
  const dropped = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    void read(event.dataTransfer.files[0])
  }
  const pasted = (event: ClipboardEvent) => {
    const [file] = event.clipboardData.files
    if (!file) return
    event.preventDefault()
    void read(file)
  }
  return (
    <div
      className={classes['zone']}
      data-over={isOver || undefined}
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={dropped}
    >
      <FileKey size={20} strokeWidth={1.5} aria-hidden />
      <span>Drop the file here, or</span>
      <FileButton onChange={(file) => void read(file ?? undefined)} inputProps={{ 'aria-label': `File of ${title}` }}>
        {(props) => (
          <Button size="compact-xs" variant="default" {...props}>
            choose it…
          </Button>
        )}
      </FileButton>
      <textarea
        id={id}
        aria-describedby={describedBy}
        className={classes['paste']}
        rows={1}
        placeholder="or paste what it holds"
        spellCheck={false}
        autoComplete="off"
        value={value}
        onCopy={(event) => event.preventDefault()}
        onCut={(event) => event.preventDefault()}
        onPaste={pasted}
        onChange={(event) => take(event.currentTarget.value)}
      />
    </div>
  )
}

/** A secret that people have as a file: dropped, chosen or pasted. Its text is never on the screen. */
export const KeyFile = (props: Props) => {
  const { value, take } = props
  const [taken, setTaken] = useState<Taken | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const read = async (file: File | undefined): Promise<void> => {
    if (!file) return
    const { name, size } = file
    if (size > largestFile)
      return setProblem(`${name} has ${formatBytes(size)}; a key has a few kilobytes. Look for the right file.`)
    const text = await file.text().catch(() => null)
    if (text === null) return setProblem(`${name} cannot be read. Is it still there?`)
    setProblem(text.trim() === '' ? `${name} is empty. Fetch it again.` : null)
    setTaken({ name, bytes: size })
    return take(text)
  }
  if (value === '' || !/\n|^\s*[{<]/.test(value))
    return (
      <>
        <Empty {...props} read={read} />
        {problem !== null && (
          <p role="alert" className={classes['problem']}>
            {problem}
          </p>
        )}
      </>
    )
  return (
    <div className={classes['taken']}>
      <FileKey size={16} strokeWidth={1.5} aria-hidden />
      <span>{taken ? `${taken.name}, ${formatBytes(taken.bytes)}` : `Taken, ${formatBytes(value.length)}`}</span>
      <Button
        size="compact-xs"
        variant="subtle"
        color="gray"
        onClick={() => {
          setTaken(null)
          take('')
        }}
      >
        Take another
      </Button>
    </div>
  )
}
