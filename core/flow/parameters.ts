import type { JsonValue } from '#core/model/handle.ts'
import type { Parameters, ParameterValues } from '#core/model/parameter.ts'
import { didYouMean } from '#core/model/did-you-mean.ts'
import { faultInWords, fitValue } from './parameter-check.ts'

export type ParameterProblem = {
  readonly parameter: string
  readonly code: 'unknown-parameter' | 'missing-parameter' | 'bad-parameter'
  readonly message: string
  readonly remedy: string
}

/**
 * Values for a run: what is given, read by type (text too, as a command line has it), else defaults. `problems` has all
 * mistakes at once; `values` is to be used only when there are none.
 */
export const parseParameters = (
  parameters: Parameters,
  given: Readonly<Record<string, JsonValue>>,
): { readonly values: ParameterValues; readonly problems: readonly ParameterProblem[] } => {
  const names = Object.keys(parameters)
  const problems: ParameterProblem[] = Object.keys(given)
    .filter((name) => !Object.hasOwn(parameters, name))
    .map((name) => ({
      parameter: name,
      code: 'unknown-parameter',
      message: `The flow has no parameter “${name}”.`,
      remedy: names.length === 0 ? 'It has none at all: leave it out.' : didYouMean(name, names),
    }))
  const values: Record<string, JsonValue> = {}
  for (const [name, parameter] of Object.entries(parameters)) {
    const value = Object.hasOwn(given, name) ? given[name] : parameter.default
    if (value === undefined) {
      const message = `The parameter “${name}” (${parameter.type}) is missing: it has no default.`
      problems.push({
        parameter: name,
        code: 'missing-parameter',
        message,
        remedy: `Give it, for example -p ${name}=…`,
      })
      continue
    }
    if (value === null && parameter.default === null) {
      values[name] = null
      continue
    }
    const fitted = fitValue(value, parameter, true)
    values[name] = fitted.value
    for (const fault of fitted.faults) {
      const message = `${faultInWords(name, fitted.value, fault)}.`
      problems.push({ parameter: name, code: 'bad-parameter', message, remedy: `Give another value for “${name}”.` })
    }
  }
  return { values, problems }
}
