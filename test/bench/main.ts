// `npm run bench [-- NAME …] [--short]`: one JSON line for each figure on stdout, all else on stderr.
import { parseArgs } from 'node:util'
import { missingPrograms, packagesOf, type Program } from '#test/run/programs.ts'
import { benchPrograms } from '#test/run/suites.ts'
import type { Benchmark, Scale } from './benchmark.ts'
import { benchmarks } from './benchmarks.ts'

const say = (text: string): void => {
  process.stderr.write(`${text}\n`)
}

/** A name chooses all benchmarks that begin with it. */
const choose = (names: readonly string[]): readonly Benchmark[] => {
  const unknown = names.filter((name) => !benchmarks.some((benchmark) => benchmark.name.startsWith(name)))
  if (unknown.length > 0) {
    say(`There is no benchmark ${unknown.join(', ')}. There are: ${benchmarks.map(({ name }) => name).join(', ')}.`)
    process.exit(2)
  }
  return benchmarks.filter(({ name }) => names.length === 0 || names.some((chosen) => name.startsWith(chosen)))
}

const programNamed = (command: string): Program =>
  benchPrograms.find((program) => program.command === command) ?? { command, packages: [command] }

/** Prints its figures; whether all are within their targets. */
const measure = async ({ name, run, programs, linux }: Benchmark, scale: Scale): Promise<boolean> => {
  if (linux && process.platform !== 'linux') {
    say(`${name}: left out; it needs Linux.`)
    return true
  }
  const missing = missingPrograms(programs.map(programNamed))
  if (missing.length > 0) {
    say(`${name}: failed; it needs ${packagesOf(missing)}, which is not installed.`)
    return false
  }
  const began = performance.now()
  try {
    const figures = await run(scale)
    for (const figure of figures) process.stdout.write(`${JSON.stringify(figure)}\n`)
    say(`${name}: ${((performance.now() - began) / 1000).toFixed(1)} s`)
    return figures.every(({ pass }) => pass)
  } catch (error) {
    say(`${name}: failed; ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
    return false
  }
}

const { values, positionals } = parseArgs({ allowPositionals: true, options: { short: { type: 'boolean' } } })
const scale: Scale = values.short ? { short: true, pairs: 3 } : { short: false, pairs: 5 }
if (scale.short) say(`The short form: medians of ${scale.pairs} pairs where five are asked for, and less data.`)
let passed = true
for (const benchmark of choose(positionals)) passed = (await measure(benchmark, scale)) && passed
process.exitCode = passed ? 0 : 1
