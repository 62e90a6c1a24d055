import { z } from 'zod'
import { field } from '#core/kinds/field.ts'
import { defineTask } from '#core/kinds/task-type.ts'

const levels = ['debug', 'info', 'warning', 'error'] as const

export const logMessage = defineTask({
  type: 'log.message',
  version: 1,
  title: 'Log a message',
  summary: 'Writes a line to the log of the run.',
  group: 'control',
  icon: 'message-square-text',
  aliases: ['print', 'echo', 'logger.info', 'get_run_logger'],
  config: z.object({
    message: field.multiline({
      title: 'Message',
      help: 'May hold expressions, for example {{ tasks.clean.table.rows }}.',
      key: true,
    }),
    level: field.choice(levels, { title: 'Level' }).default('info'),
  }),
  inputs: {},
  outputs: {},
  examples: [{ message: 'Loaded {{ color }} rides' }, { message: 'Nothing to load', level: 'warning' }],
  traits: { runs: 'inline' },
  run: ({ config, log }) => {
    log[config.level](config.message)
    return Promise.resolve({})
  },
})
