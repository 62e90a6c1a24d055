import { useMemo, type DragEvent } from 'react'
import type { Engine } from '#renderer/rpc/engine.ts'
import { paletteMimeType } from '#renderer/stores/dragging.ts'
import { useFlow } from '#renderer/stores/flow.ts'
import { useSession } from '#renderer/stores/session.ts'
import type { TaskTypeSummary } from '#core/model/task-type-summary.ts'
import { addFound, fits } from './add-tasks.ts'
import { wireOf } from './scene.ts'
import { placeAt, screenPlace } from './view.ts'
import type { QuickAdd } from './tools.ts'

/** The wire under the pointer, when the type fits into it. */
const wiringAt = (event: DragEvent, type: TaskTypeSummary): QuickAdd['wiring'] => {
  const edge = document
    .elementsFromPoint(event.clientX, event.clientY)
    .map((element) => element.closest('.react-flow__edge'))
    .find((element) => element !== null)
  const wire = wireOf(useFlow.getState().outline, edge?.getAttribute('data-id') ?? '')
  const wiring = wire ? ({ kind: 'wire', wire } as const) : null
  return wiring && fits(type, wiring) ? wiring : null
}

/** A task type that is dragged from the palette becomes a task under the pointer, or within the wire there. */
export const useDrop = (engine: Engine) =>
  useMemo(
    () => ({
      onDragOver: (event: DragEvent) => {
        if (!event.dataTransfer.types.includes(paletteMimeType)) return
        event.preventDefault()
        event.dataTransfer.dropEffect = 'copy'
      },
      onDrop: (event: DragEvent) => {
        const type = useSession.getState().taskTypes.get(event.dataTransfer.getData(paletteMimeType))
        if (!type) return
        event.preventDefault()
        const position = placeAt(event)
        void addFound(engine, type, { position, at: screenPlace(position), wiring: wiringAt(event, type) })
      },
    }),
    [engine],
  )
