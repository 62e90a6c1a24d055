import { createHash, randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { z } from 'zod'
import { field } from '#core/kinds/field.ts'
import { defineTask } from '#core/kinds/task-type.ts'
import { Refused } from '#core/model/failure.ts'
import { describeState, stateType, type State } from '#core/model/state.ts'

export const flowRun = defineTask({
  type: 'flow.run',
  version: 1,
  title: 'Run a flow',
  summary: 'Runs another flow as a subflow and waits for its end.',
  group: 'control',
  icon: 'workflow',
  aliases: ['subflow', 'run_deployment', 'parent flow'],
  config: z.object({
    flow: field.text({
      title: 'Flow',
      help: 'A file relative to this flow’s file, or the name of a flow in the library.',
      placeholder: 'web-to-lake.yaml',
      key: true,
    }),
    from: field
      .block({
        title: 'From',
        help: 'A repository that the flow is in; then the flow is a path from its root.',
        blocks: ['github-repository'],
      })
      .optional(),
    parameters: field
      .map(z.json(), { title: 'Parameters', help: 'Values for its parameters; those left out have their defaults.' })
      .default({}),
  }),
  inputs: {},
  outputs: {
    value: { kind: 'value', title: 'Flow run', help: 'The subflow’s run: flow_run, state (type, name, message).' },
  },
  traits: { runs: 'inline', effect: true },
  examples: [
    { flow: 'green-taxi.yaml' },
    { flow: 'flows/green.yaml', from: 'block:github-repository/flows' },
    { flow: 'green-taxi', parameters: { month: '{{ month }}', drop_zero_passengers: true } },
  ],
  fingerprint: ({ flow, from }, { flowFolder }) =>
    from === undefined ? contentOf(resolve(flowFolder, flow)) : randomUUID(),
  run: async ({ config, flows, signal, log }) => {
    const { flowRun: id, state } = await flows.run({ ...config, signal })
    const type = stateType(state)
    if (signal.aborted) throw new Refused({ code: 'cancelled', message: `The subflow “${config.flow}” was cancelled.` })
    if (type !== 'COMPLETED') throw refusal(config.flow, id, state)
    log.info(`Subflow “${config.flow}” ended as ${describeState(state)}`)
    return {
      value: { kind: 'value', value: { flow_run: id, state: { type, name: state.name, message: state.message } } },
    }
  },
})

const refusal = (flow: string, id: string, state: State): Refused => {
  const because = state.message === null ? '' : `: ${state.message}`
  const message = `The subflow “${flow}” ended as ${state.name}${because} (flow run ${id}).`
  return new Refused({ code: 'unavailable', message, retryable: stateType(state) !== 'CANCELLED' })
}

/** A flow of the library is known by its name only; then the key holds no more than that. */
const contentOf = async (path: string): Promise<string | null> => {
  try {
    return createHash('sha256')
      .update(await readFile(path))
      .digest('hex')
  } catch {
    return null
  }
}
