import { useEffect, useMemo, type ReactNode } from 'react'
import { useWorld } from '#renderer/rpc/world.tsx'
import { loadBlocks, useBlocks } from '#renderer/stores/blocks.ts'
import { changeFlow, useFlow } from '#renderer/stores/flow.ts'
import { columnsAt, loadLastOutputs, outputsOf, useLastOutputs } from '#renderer/stores/last-outputs.ts'
import { useRun } from '#renderer/stores/run.ts'
import { useSession } from '#renderer/stores/session.ts'
import { expressionNames } from './expression-names.ts'
import type { Expressions, Form } from './form.ts'
import { pathFrom } from './path-from.ts'
import { FormProvider } from './form-provider.tsx'
import type { Problem } from '#core/model/problem.ts'

const noProblems: readonly Problem[] = []

const useExpressions = (task: string | null): Expressions => {
  const { engine } = useWorld()
  const flow = useFlow((state) => state.draft?.content.value ?? null)
  const file = useFlow((state) => state.draft?.file ?? '')
  const outline = useFlow((state) => state.outline)
  const taskTypes = useSession((session) => session.taskTypes)
  const blockTypes = useSession((session) => session.blockTypes)
  const blocks = useBlocks((state) => state.blocks)
  useEffect(() => void loadBlocks(engine), [engine])
  return useMemo(
    () => ({
      names: expressionNames({ flow, outline, taskTypes, blockTypes, blocks: blocks ?? [], task }),
      // Of all that a flow says, only the settings of tasks are evaluated whatever their type.
      fits: (path) => path.includes('with'),
      evaluate: (path, text) => engine.client.flows.evaluate({ file, path: [...path], text }),
    }),
    [blockTypes, blocks, engine, file, flow, outline, task, taskTypes],
  )
}

/** A form over the open flow: what its fields change is an edit of the flow that can be undone. */
export const FlowForm = ({ task, children }: { task: string | null; children: ReactNode }) => {
  const { engine } = useWorld()
  const expressions = useExpressions(task)
  const problems = useFlow((state) => state.draft?.content.problems ?? noProblems)
  const outline = useFlow((state) => state.outline)
  const file = useFlow((state) => state.draft?.file ?? '')
  const home = useSession((session) => session.version?.home ?? '')
  const last = useLastOutputs((state) => state.outputs)
  const taskRuns = useRun((state) => state.taskRuns)
  useEffect(() => void loadLastOutputs(engine, outline.name), [engine, outline.name])
  const form = useMemo((): Form => {
    const known = [outputsOf(taskRuns.values()), last]
    return {
      change: (what, operation) => void changeFlow(engine, task === null ? what : `${what} of ${task}`, operation),
      problems,
      columnsOf: (port) => (task === null ? [] : columnsAt(outline, { task, port }, known)),
      expressions,
      pathOf: (path) => pathFrom(file, path, home),
    }
  }, [engine, file, home, expressions, last, outline, problems, task, taskRuns])
  return <FormProvider value={form}>{children}</FormProvider>
}
