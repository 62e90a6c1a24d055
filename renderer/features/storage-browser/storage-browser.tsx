import { ActionIcon, Button, Tooltip } from '@mantine/core'
import { File, Folder, FolderOpen, RotateCw, Table2, X } from 'lucide-react'
import { useCallback, useMemo, useState } from 'react'
import type { EngineClient } from '#core/api/client.ts'
import type { ObjectPreview, StorageFolder } from '#core/model/block-look.ts'
import type { Failure } from '#core/model/failure.ts'
import { decoded } from '#renderer/stores/navigation.ts'
import { DataGrid } from '#renderer/ui/data-grid.tsx'
import { EmptyState } from '#renderer/ui/empty-state.tsx'
import { formatAgo, formatBytes, formatCount, formatMoment } from '#renderer/ui/format.ts'
import { useGridScroll } from '#renderer/ui/grid-scroll.ts'
import { useNow } from '#renderer/ui/use-now.ts'
import { entriesOf, hasPreview, wayTo, type Entry } from './entries.ts'
import { useReading, type Reading } from './use-reading.ts'
import classes from './storage-browser.module.css'

type WayProps = { readonly folder: string; readonly location: string; go(folder: string): void; again(): void }

const Way = ({ folder, location, go, again }: WayProps) => {
  const way = wayTo(folder)
  return (
    <header className={classes['bar']}>
      <nav aria-label="Folder" className={classes['way']}>
        <button type="button" title={location} aria-current={folder === '' || undefined} onClick={() => go('')}>
          {location === '' ? 'Storage' : decoded(location.split('/').findLast(Boolean) ?? location)}
        </button>
        {way.map((step) => (
          <button
            key={step.folder}
            type="button"
            aria-current={step.folder === folder || undefined}
            onClick={() => go(step.folder)}
          >
            {step.title}
          </button>
        ))}
      </nav>
      <Tooltip label="Look again">
        <ActionIcon variant="subtle" color="gray" aria-label="Look again" onClick={again}>
          <RotateCw size={14} />
        </ActionIcon>
      </Tooltip>
    </header>
  )
}

const Refused = ({ failure, again }: { failure: Failure; again(): void }) => (
  <div role="alert" className={classes['failure']}>
    <p>{failure.message}</p>
    <Button size="xs" variant="default" onClick={again}>
      Try again
    </Button>
  </div>
)

const EntryIcon = ({ entry: { kind, name } }: { entry: Entry }) => {
  if (kind === 'folder') return <Folder size={14} aria-hidden />
  return hasPreview(name) ? <Table2 size={14} aria-hidden /> : <File size={14} aria-hidden />
}

type LineProps = { readonly entry: Entry; readonly top: number; readonly chosen: boolean; open(): void }

const Line = ({ entry, top, chosen, open }: LineProps) => {
  const now = useNow(true, 60_000)
  return (
    <li className={classes['place']} style={{ transform: `translateY(${top}px)` }}>
      <button
        type="button"
        className={classes['line']}
        aria-pressed={entry.kind === 'object' ? chosen : undefined}
        onClick={open}
      >
        <EntryIcon entry={entry} />
        <span className={classes['title']} title={entry.name}>
          {entry.title}
        </span>
        <span className={classes['count']}>
          {entry.objects === null ? '' : `${formatCount(entry.objects)} ${entry.objects === 1 ? 'object' : 'objects'}`}
        </span>
        <span className={classes['bytes']}>{formatBytes(entry.bytes)}</span>
        <span
          className={classes['time']}
          title={entry.modifiedAt === null ? undefined : formatMoment(entry.modifiedAt)}
        >
          {entry.modifiedAt === null ? '' : formatAgo(entry.modifiedAt, now)}
        </span>
      </button>
    </li>
  )
}

const noRange = () => undefined

type ListProps = { readonly content: StorageFolder; readonly chosen: string | null; open(entry: Entry): void }

const List = ({ content, chosen, open }: ListProps) => {
  const entries = useMemo(() => entriesOf(content), [content])
  const { box, from, to, drawn, place, onScroll } = useGridScroll(entries.length, noRange)
  if (entries.length === 0)
    return (
      <EmptyState
        icon={FolderOpen}
        title={content.folder === '' ? 'The storage is empty' : 'The folder is empty'}
        text="What flows upload is listed here, with its size."
      />
    )
  return (
    <>
      {content.more && (
        <p className={classes['note']} role="status">
          There is more than was looked at: sizes of folders are at least these, and objects may be missing.
        </p>
      )}
      <div ref={box} className={classes['box']} onScroll={onScroll}>
        <ul className={classes['list']} style={{ height: drawn }} aria-label="Content of the folder">
          {entries.slice(from, to).map((entry, index) => (
            <Line
              key={entry.name}
              entry={entry}
              top={place(from + index)}
              chosen={entry.name === chosen}
              open={() => open(entry)}
            />
          ))}
        </ul>
      </div>
    </>
  )
}

const Preview = ({ reading, again }: { reading: Reading<ObjectPreview>; again(): void }) => {
  const rows = reading.state === 'read' ? reading.value.rows : null
  const rowAt = useCallback((index: number) => rows?.[index], [rows])
  switch (reading.state) {
    case 'reading':
      return (
        <p className={classes['note']} role="status">
          Reading …
        </p>
      )
    case 'failed':
      return <Refused failure={reading.failure} again={again} />
    case 'read':
      return (
        <DataGrid
          label={`First rows of ${reading.value.name}`}
          columns={reading.value.columns}
          rowCount={reading.value.rows.length}
          rowAt={rowAt}
          onRange={noRange}
        />
      )
    default:
      return reading satisfies never
  }
}

const previewInWords = ({ rows, rowCount, columns }: ObjectPreview): string => {
  const count = rowCount === null || rowCount > rows.length ? `the first ${rows.length} rows` : `${rows.length} rows`
  return `${count} × ${columns.length} columns${rowCount !== null && rowCount > rows.length ? ` of ${formatCount(rowCount)} rows` : ''}`
}

type ObjectProps = { readonly block: string; readonly entry: Entry; close(): void }

const ObjectView = ({ block, entry, close }: ObjectProps) => {
  const { name, bytes } = entry
  const ask = useMemo(
    () =>
      hasPreview(name)
        ? (client: EngineClient, signal: AbortSignal) => client.blocks.peek({ block, name }, { signal })
        : null,
    [block, name],
  )
  const { reading, again } = useReading(ask)
  return (
    <section className={classes['object']} aria-label={name}>
      <header className={classes['bar']}>
        <strong className={classes['title']} title={name}>
          {entry.title}
        </strong>
        <span className={classes['quiet']}>
          {formatBytes(bytes)}
          {ask !== null && reading.state === 'read' && ` · ${previewInWords(reading.value)}`}
        </span>
        <ActionIcon variant="subtle" color="gray" aria-label="Close the preview" onClick={close}>
          <X size={14} />
        </ActionIcon>
      </header>
      {ask === null ? (
        <p className={classes['note']}>A preview is there for CSV, JSON and Parquet.</p>
      ) : (
        <div className={classes['rows']}>
          <Preview reading={reading} again={again} />
        </div>
      )}
    </section>
  )
}

const Content = ({ block, folder, go }: { block: string; folder: string; go(folder: string): void }) => {
  const [chosen, setChosen] = useState<Entry | null>(null)
  const ask = useCallback(
    (client: EngineClient, signal: AbortSignal) => client.blocks.browse({ block, folder }, { signal }),
    [block, folder],
  )
  const { reading, again } = useReading(ask)
  const location = reading.state === 'read' ? reading.value.location : ''
  const open = (entry: Entry) => (entry.kind === 'folder' ? go(entry.name) : setChosen(entry))
  return (
    <>
      <Way folder={folder} location={location} go={go} again={again} />
      <div className={classes['content']}>
        {reading.state === 'reading' && (
          <p className={classes['note']} role="status">
            Looking …
          </p>
        )}
        {reading.state === 'failed' && <Refused failure={reading.failure} again={again} />}
        {reading.state === 'read' && <List content={reading.value} chosen={chosen?.name ?? null} open={open} />}
      </div>
      {chosen && <ObjectView key={chosen.name} block={block} entry={chosen} close={() => setChosen(null)} />}
    </>
  )
}

/** What lies in a storage block: folders with their sizes, and the first rows of tables. `block` is its reference. */
export const StorageBrowser = ({ block }: { block: string }) => {
  const [folder, setFolder] = useState('')
  return (
    <section className={classes['browser']} aria-label="Storage">
      <Content key={`${block} ${folder}`} block={block} folder={folder} go={setFolder} />
    </section>
  )
}
