import type { TaskTypeSummary } from '#core/model/task-type-summary.ts'
import { describeFields } from './describe-fields.ts'
import type { TaskType } from './task-type.ts'

export const describeTaskType = (type: TaskType): TaskTypeSummary => ({
  type: type.type,
  version: type.version,
  title: type.title,
  summary: type.summary,
  group: type.group,
  icon: type.icon,
  aliases: type.aliases ?? [],
  inputs: type.inputs,
  outputs: type.outputs,
  fields: describeFields(type.config),
  examples: type.examples,
  traits: type.traits,
})
