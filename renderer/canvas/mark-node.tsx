import { NodeResizer, type NodeProps } from '@xyflow/react'
import { memo, useEffect, useRef, useState, type KeyboardEvent } from 'react'
import { useWorld } from '#renderer/rpc/world.tsx'
import { resizeMark, writeMark } from '#renderer/stores/marks.ts'
import type { Mark } from '#renderer/stores/outline.ts'
import type { MarkNode as Node } from './graph.ts'
import { makeEdit } from './make-edit.ts'
import { closeTool, openTool, useIsRenaming } from './tools.ts'
import { focusCanvas } from './view.ts'
import classes from './mark-node.module.css'

const TextInput = ({ mark }: { mark: Mark }) => {
  const { engine } = useWorld()
  const [text, setText] = useState(mark.text)
  const input = useRef<HTMLTextAreaElement>(null)
  useEffect(() => input.current?.select(), [])
  const leave = (keep: boolean) => {
    closeTool()
    if (keep && text !== mark.text) void makeEdit(engine, writeMark(mark, text))
  }
  const onKeyDown = (event: KeyboardEvent) => {
    event.stopPropagation()
    const done =
      event.key === 'Escape' || (event.key === 'Enter' && (mark.kind === 'frame' || event.ctrlKey || event.metaKey))
    if (!done) return
    leave(event.key !== 'Escape' || mark.kind === 'note')
    focusCanvas()
  }
  return (
    <textarea
      ref={input}
      className={`nodrag nopan nowheel ${classes['input'] ?? ''}`}
      aria-label={mark.kind === 'note' ? 'Text of the note' : 'Title of the frame'}
      rows={1}
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
      onKeyDown={onKeyDown}
      onBlur={() => leave(true)}
    />
  )
}

/** A sticky note, or a frame with its title. Double click or F2 writes in it. */
export const MarkNode = memo(({ id, data: { mark }, selected }: NodeProps<Node>) => {
  const { engine } = useWorld()
  const writing = useIsRenaming(id)
  const empty = mark.kind === 'note' ? 'Double click to write' : 'Frame'
  return (
    <>
      <NodeResizer
        isVisible={selected}
        minWidth={80}
        minHeight={48}
        color="var(--accent)"
        onResizeEnd={(_event, { x, y, width, height }) =>
          void makeEdit(
            engine,
            resizeMark(mark, [Math.round(x), Math.round(y)], [Math.round(width), Math.round(height)]),
          )
        }
      />
      <div
        className={classes[mark.kind]}
        onDoubleClick={(event) => {
          event.stopPropagation()
          openTool({ tool: 'rename', id })
        }}
      >
        {writing ? (
          <TextInput mark={mark} />
        ) : (
          <div className={classes['text']} data-empty={mark.text === '' || undefined}>
            {mark.text === '' ? empty : mark.text}
          </div>
        )}
      </div>
    </>
  )
})
MarkNode.displayName = 'MarkNode'
