import { ActionIcon, Tooltip } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { Copy, Download } from 'lucide-react'
import { failureOfCall } from '#core/api/client.ts'
import type { TaskRun } from '#core/model/flow-run.ts'
import type { FileHandle, Handle, Output, ValueHandle } from '#core/model/handle.ts'
import { useWorld } from '#renderer/rpc/world.tsx'
import { copyText } from '#renderer/ui/copy-text.ts'
import { formatBytes, formatCount } from '#renderer/ui/format.ts'
import { JsonTree } from '#renderer/ui/json-tree.tsx'
import { TableView } from './table-view.tsx'
import classes from './output-view.module.css'

/** The file lies where the engine is, which may not be where the person is. */
const SaveCopy = ({ file }: { file: FileHandle }) => {
  const { host } = useWorld()
  const save = async () => {
    try {
      await host.saveCopy(file.path)
    } catch (error) {
      notifications.show({ color: 'red', title: `${file.name} was not saved`, message: failureOfCall(error).message })
    }
  }
  return (
    <Tooltip label="Save a copy">
      <ActionIcon
        variant="subtle"
        color="gray"
        size="sm"
        aria-label={`Save a copy of ${file.name}`}
        onClick={() => void save()}
      >
        <Download size={14} />
      </ActionIcon>
    </Tooltip>
  )
}

const File = ({ file }: { file: FileHandle }) => (
  <tr>
    <td>{file.name}</td>
    <td className={classes['number']} title={`${formatCount(file.bytes)} bytes`}>
      {formatBytes(file.bytes)}
    </td>
    <td className={classes['path']} title={file.path}>
      {file.path}
    </td>
    <td className={classes['tools']}>
      <SaveCopy file={file} />
      <Tooltip label="Copy the path">
        <ActionIcon
          variant="subtle"
          color="gray"
          size="sm"
          aria-label={`Copy the path of ${file.name}`}
          onClick={() => void copyText(file.path, 'Copied the path.')}
        >
          <Copy size={14} />
        </ActionIcon>
      </Tooltip>
    </td>
  </tr>
)

const Files = ({ files }: { files: readonly FileHandle[] }) => (
  <div className={classes['scroll']}>
    <table className={classes['files']}>
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col" className={classes['number']}>
            Size
          </th>
          <th scope="col">Path</th>
          <td aria-label="Save and copy" />
        </tr>
      </thead>
      <tbody>
        {files.map((file) => (
          <File key={file.path} file={file} />
        ))}
      </tbody>
    </table>
  </div>
)

const Value = ({ handle: { value } }: { handle: ValueHandle }) => (
  <div className={classes['scroll']}>
    {typeof value === 'string' ? <pre className={classes['text']}>{value}</pre> : <JsonTree value={value} />}
  </div>
)

const isFile = (handle: Handle): handle is FileHandle => handle.kind === 'file'

type Props = { readonly run: TaskRun; readonly name: string; readonly output: Output }

/** One output of a task run, as what it is. */
export const OutputView = ({ run, name, output }: Props) => {
  switch (output.kind) {
    case 'table':
      return <TableView key={`${run.key}.${name}.${run.endedAt ?? 0}`} run={run} name={name} table={output} />
    case 'file':
      return <Files files={[output]} />
    case 'value':
      return <Value handle={output} />
    case 'list':
      return output.handles.every(isFile) ? (
        <Files files={output.handles} />
      ) : (
        <p className={classes['note']}>
          {formatCount(output.handles.length)} tables. Tasks after it take them as one list.
        </p>
      )
    default:
      return output satisfies never
  }
}
