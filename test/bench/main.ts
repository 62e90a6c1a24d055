// `npm run bench [-- NAME …] [--short [--within SECONDS]]`: one JSON line for each figure on stdout, all else on stderr.
import { parseArgs } from 'node:util'
import { missingPrograms, packagesOf, type Program } from '#test/run/programs.ts'
import { benchPrograms } from '#test/run/suites.ts'
import type { Benchmark, Scale } from './benchmark.ts'
import { benchmarks } from './benchmarks.ts'
import { measureAll, remarksOn, type Outcome } from './measure-all.ts'

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

/** Prints its figures. */
const measure = async ({ name, run, programs, linux }: Benchmark, scale: Scale): Promise<Outcome> => {
  if (linux && process.platform !== 'linux') {
    say(`${name}: left out; it needs Linux.`)
    return 'met'
  }
  const missing = missingPrograms(programs.map(programNamed))
  if (missing.length > 0) {
    say(`${name}: failed; it needs ${packagesOf(missing)}, which is not installed.`)
    return 'failed'
  }
  const began = performance.now()
  try {
    const figures = await run(scale)
    for (const figure of figures) process.stdout.write(`${JSON.stringify(figure)}\n`)
    say(`${name}: ${((performance.now() - began) / 1000).toFixed(1)} s`)
    return figures.every(({ pass }) => pass) ? 'met' : 'missed'
  } catch (error) {
    say(`${name}: failed; ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
    return 'failed'
  }
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { short: { type: 'boolean' }, within: { type: 'string' } },
})
const scale: Scale = values.short ? { short: true, pairs: 3 } : { short: false, pairs: 5 }
const within = Number(values.within ?? Infinity)
if (!(within > 0) || (within < Infinity && !scale.short)) {
  say('Give --within as a number of seconds, and with --short: how long the long form takes is not known.')
  process.exit(2)
}
if (scale.short) say(`The short form: medians of ${scale.pairs} pairs where five are asked for, and less data.`)
const chosen = choose(positionals)
const begun: string[] = []
process.on('SIGTERM', () => {
  const left = chosen.map(({ name }) => name).filter((name) => !begun.includes(name))
  say(`Ended from outside while ${begun.at(-1)} was measured. Neither it nor these were measured: ${left.join(', ')}.`)
  process.exit(143)
})
const report = await measureAll(chosen, {
  within,
  now: () => performance.now() / 1000,
  measure: (benchmark) => {
    begun.push(benchmark.name)
    return measure(benchmark, scale)
  },
})
for (const remark of remarksOn(report, within)) say(remark)
process.exitCode = report.missed.length + report.failed.length === 0 ? 0 : 1
