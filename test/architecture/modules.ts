import { cruise } from 'dependency-cruiser'
import type { ICruiseOptions } from 'dependency-cruiser'
import { z } from 'zod'
import { root } from '#test/run/step.ts'

const Report = z.object({
  modules: z.array(
    z.object({
      source: z.string(),
      dependencies: z.array(
        z.object({ module: z.string(), resolved: z.string(), couldNotResolve: z.boolean(), coreModule: z.boolean() }),
      ),
    }),
  ),
  summary: z.object({
    violations: z.array(z.object({ from: z.string(), cycle: z.array(z.object({ name: z.string() })) })),
  }),
})

export type Module = z.output<typeof Report>['modules'][number]

/** Without swc dependency-cruiser reads no TypeScript, finds nothing and says all is well: see the floor in layers.test.ts. */
const options: ICruiseOptions = {
  baseDir: root,
  parser: 'swc',
  tsPreCompilationDeps: true,
  doNotFollow: { path: 'node_modules' },
  enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node'] },
  validate: true,
  ruleSet: {
    forbidden: [{ name: 'cycle', from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } } }],
  },
}

/** Every module in the folders with what it imports, types included; and the cycles that exist when it runs. */
export const readModules = async (folders: string[]): Promise<{ modules: Module[]; cycles: string[] }> => {
  const { output } = await cruise(folders, options)
  const { modules, summary } = Report.parse(output)
  const own = modules.filter(({ source }) => folders.some((folder) => source.startsWith(`${folder}/`)))
  const cycles = summary.violations.map(({ from, cycle }) => [from, ...cycle.map(({ name }) => name)].join(' → '))
  return { modules: own, cycles }
}
