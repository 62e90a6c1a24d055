import { Button, Group } from '@mantine/core'
import { Bug } from 'lucide-react'
import { Component, type ReactNode } from 'react'
import { goTo } from '#renderer/stores/navigation.ts'
import { EmptyState } from '#renderer/ui/empty-state.tsx'

type Props = { readonly address: string; readonly children: ReactNode }
/** `address` is where the mistake was made. */
type State = { readonly error: { readonly message: string } | null; readonly address: string }

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** A mistake in one page leaves the rest of the screen, and the way to the other pages, as it is; another address is another try. */
export class PageBoundary extends Component<Props, State> {
  override state: State = { error: null, address: this.props.address }

  static getDerivedStateFromError(error: unknown): Partial<State> {
    return { error: { message: messageOf(error) } }
  }

  static getDerivedStateFromProps({ address }: Props, before: State): State | null {
    return address === before.address ? null : { error: null, address }
  }

  override render(): ReactNode {
    const { error } = this.state
    if (error === null) return this.props.children
    const again = () => this.setState({ error: null })
    return (
      <div role="alert" style={{ height: '100%' }}>
        <EmptyState
          icon={Bug}
          title="This page cannot be shown"
          text={`Millrace made a mistake here: ${error.message} Flows, runs and what was saved are as they were.`}
        >
          <Group gap={8} justify="center">
            <Button onClick={again}>Try again</Button>
            <Button variant="default" onClick={() => goTo({ page: 'flows' })}>
              Go to the flows
            </Button>
          </Group>
        </EmptyState>
      </div>
    )
  }
}
