import type { BlockType } from './block-type.ts'
import type { TaskType } from './task-type.ts'

/** All types there are; core/flow and the services take it as an argument. */
export type Catalogue = {
  readonly tasks: ReadonlyMap<string, TaskType>
  readonly blocks: ReadonlyMap<string, BlockType>
}

export const catalogueOf = (tasks: readonly TaskType[], blocks: readonly BlockType[]): Catalogue => ({
  tasks: new Map(tasks.map((task) => [task.type, task])),
  blocks: new Map(blocks.map((block) => [block.type, block])),
})
