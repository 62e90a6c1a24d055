import { Panel } from '@xyflow/react'
import { Maximize, Minus, Plus, Search, WandSparkles, type LucideIcon } from 'lucide-react'
import { runCommand, showKeys, useCommands } from '#renderer/stores/commands.ts'
import { useView } from './view.ts'

const buttons: readonly { readonly command: string; readonly icon: LucideIcon }[] = [
  { command: 'canvas.zoom-in', icon: Plus },
  { command: 'canvas.zoom-out', icon: Minus },
  { command: 'canvas.fit', icon: Maximize },
  { command: 'canvas.find', icon: Search },
  { command: 'canvas.tidy', icon: WandSparkles },
]

const Zoom = () => {
  const percent = useView(({ viewport }) => Math.round(viewport.zoom * 100))
  return <output aria-label="Zoom">{percent} %</output>
}

const ControlButton = ({ command, icon: Icon }: (typeof buttons)[number]) => {
  const offered = useCommands(({ commands }) => commands.get(command))
  const key = offered?.keys?.[0]
  const title = offered?.title ?? ''
  return (
    <button
      type="button"
      aria-label={title}
      title={key === undefined ? title : `${title} (${showKeys(key)})`}
      onClick={() => runCommand(command)}
    >
      <Icon size={16} strokeWidth={1.75} aria-hidden />
    </button>
  )
}

export const CanvasControls = () => (
  <Panel position="bottom-left">
    <div className="canvas-controls" role="toolbar" aria-label="View">
      {buttons.map((button) => (
        <ControlButton key={button.command} {...button} />
      ))}
      <Zoom />
    </div>
  </Panel>
)
