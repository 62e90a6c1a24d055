import { Button, Group } from '@mantine/core'
import { FolderX } from 'lucide-react'
import type { Failure } from '#core/model/failure.ts'
import type { Host } from '#renderer/rpc/host.ts'
import { useWorld } from '#renderer/rpc/world.tsx'
import { EmptyState } from '#renderer/ui/empty-state.tsx'

const titleOf = ({ code, message }: Failure): string => {
  if (message.includes('newer version')) return 'This home was written by a newer Millrace'
  switch (code) {
    case 'data':
      return 'A database of this home is damaged'
    case 'denied':
      return 'This home cannot be written to'
    case 'conflict':
    case 'unavailable':
      return 'This home is in use'
    case 'limit':
      return 'The disk is full'
    default:
      return 'Millrace cannot open its home'
  }
}

/** Where there is no folder to show, it is the server that refuses, not the home. */
const titleAt = (host: Host, failure: Failure): string =>
  host.home === null && failure.code === 'denied' ? 'The server does not let this page in' : titleOf(failure)

/** In place of all pages while there is no engine that serves the home: what is wrong, and the next step. */
export const HomeTrouble = ({ failure }: { failure: Failure }) => {
  const { engine, host } = useWorld()
  const { home } = host
  return (
    <div role="alert" style={{ height: '100%' }}>
      <EmptyState icon={FolderX} title={titleAt(host, failure)} text={failure.message}>
        <Group gap={8} justify="center">
          <Button onClick={() => engine.retry()}>Try again</Button>
          {home && (
            <>
              <Button variant="default" onClick={() => home.show()}>
                Show the folder
              </Button>
              <Button variant="default" onClick={() => home.chooseOther()}>
                Choose another home …
              </Button>
            </>
          )}
        </Group>
      </EmptyState>
    </div>
  )
}
