import { ShortcutsPage } from '#renderer/features/commands/shortcuts-page.tsx'
import { BlockPage } from '#renderer/features/blocks/block-page.tsx'
import { BlocksPage } from '#renderer/features/blocks/blocks-page.tsx'
import { NewBlockPage } from '#renderer/features/blocks/new-block-page.tsx'
import { ConcurrencyPage } from '#renderer/features/concurrency/concurrency-page.tsx'
import { FlowsPage } from '#renderer/features/flows/flows-page.tsx'
import { PreferencesPage } from '#renderer/features/preferences/preferences-page.tsx'
import { RunsPage } from '#renderer/features/runs/runs-page.tsx'
import { addressOf, usePlace, type Place } from '#renderer/stores/navigation.ts'
import { EditorPage } from './pages/editor-page.tsx'
import { looksOf } from './pages/looks-of.tsx'
import { RunPage } from './pages/run-page.tsx'
import { PageBoundary } from './page-boundary.tsx'

const Page = ({ place }: { place: Place }) => {
  switch (place.page) {
    case 'flow':
      return (
        <EditorPage place={{ from: 'library', name: place.name }} task={place.task ?? null} run={place.run ?? null} />
      )
    case 'file':
      return (
        <EditorPage
          place={{ from: 'file', path: place.path, cwd: '/' }}
          task={place.task ?? null}
          run={place.run ?? null}
        />
      )
    case 'run':
      return <RunPage flowRun={place.flowRun} />
    case 'runs':
      return <RunsPage />
    case 'blocks':
      return <BlocksPage />
    case 'block':
      return <BlockPage reference={place.reference} looksOf={looksOf} />
    case 'new-block':
      return <NewBlockPage type={place.type} />
    case 'concurrency':
      return <ConcurrencyPage />
    case 'shortcuts':
      return <ShortcutsPage />
    case 'settings':
      return <PreferencesPage />
    default:
      return <FlowsPage />
  }
}

export const Pages = () => {
  const place = usePlace((state) => state.place)
  return (
    <PageBoundary address={addressOf(place)}>
      <Page place={place} />
    </PageBoundary>
  )
}
