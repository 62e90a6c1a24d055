import { SegmentedControl } from '@mantine/core'
import { OutlineView } from '#renderer/features/outline-view/outline-view.tsx'
import { Palette } from '#renderer/features/palette/palette.tsx'
import { showLeft, useLeftPanel, type LeftView } from '#renderer/stores/left-panel.ts'
import classes from './editor-page.module.css'

const views = [
  { value: 'palette', label: 'Tasks' },
  { value: 'outline', label: 'Outline' },
]

/** Task types to add, or the flow as a tree. */
export const LeftPanel = () => {
  const view = useLeftPanel((state) => state.view)
  return (
    <div className={classes['left']}>
      <SegmentedControl
        size="xs"
        className={classes['views'] ?? ''}
        aria-label="Left panel"
        data={views}
        value={view}
        onChange={(next) => showLeft(next as LeftView)}
      />
      {view === 'outline' ? <OutlineView /> : <Palette />}
    </div>
  )
}
