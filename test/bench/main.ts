// `npm run bench [-- NAME …] [--short]`: one JSON line for each figure on stdout, all else on stderr.
import { parseArgs } from 'node:util'
import { missingPrograms } from '#test/run/programs.ts'
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

/** Prints its figures; whether all are within their targets. */
const measure = async ({ name, run, programs, linux }: Benchmark, scale: Scale): Promise<boolean> => {
  if (linux && process.platform !== 'linux') {
    say(`${name}: left out; it needs Linux.`)
    return true
  }
  const missing = missingPrograms(programs.map((command) => ({ command, packages: [command] })))
  if (missing.length > 0) {
    say(`${name}: failed; it needs ${missing.map(({ command }) => command).join(' and ')}.`)
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
let passed = true
for (const benchmark of choose(positionals)) passed = (await measure(benchmark, scale)) && passed
process.exitCode = passed ? 0 : 1
