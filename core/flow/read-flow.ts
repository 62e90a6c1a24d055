import type { FlowDocument } from '#core/model/flow-document.ts'
import type { JsonValue } from '#core/model/handle.ts'
import type { Problem } from '#core/model/problem.ts'
import { checkFlow } from './check-flow.ts'
import type { Finding } from './finding.ts'
import { linesOf, locator, type Lines } from './locate.ts'
import { plainValue } from './plain-value.ts'
import type { ReadFlowOptions } from './read-flow-options.ts'
import { yamlFindings } from './yaml-findings.ts'
import { readYaml, type YamlDocument } from './yaml-source.ts'

/** The text and its syntax tree, or null when it was refused before parsing. */
export type FlowSource = { readonly text: string; readonly yaml: YamlDocument | null }

/** `document` is null when any problem is an error; `value` is the text as plain data, mistakes and all. */
export type FlowReading = {
  readonly document: FlowDocument | null
  readonly value: JsonValue
  readonly problems: readonly Problem[]
  readonly source: FlowSource
}

const byPlace = (a: Problem, b: Problem): number => a.line - b.line || a.column - b.column

/** With broken syntax only what stands whole before it is worth a remark: the rest may be a consequence. */
const beforeBrokenSyntax = (problems: readonly Problem[], syntax: readonly Problem[]): readonly Problem[] => {
  const [first] = syntax.filter(({ code }) => code === 'yaml-syntax').toSorted(byPlace)
  if (first === undefined) return problems
  const uncertain = /^(missing-.*|unknown-(task|output|name)|no-flow|cycle)$/
  return problems.filter(({ line, code }) => line < first.line && !uncertain.test(code))
}

/** A value that could not be read counts as null; whoever misses it would only say so again. */
const withoutEchoes = (findings: readonly Finding[], unread: readonly Finding[]): readonly Finding[] => {
  const paths = unread.filter(({ code }) => unreadable.has(code)).map(({ path }) => path)
  if (paths.length === 0) return findings
  return findings.filter(({ path }) => !paths.some((start) => start.every((step, index) => path[index] === step)))
}

const unreadable: ReadonlySet<string> = new Set(['bad-number', 'bad-value', 'unknown-anchor', 'alias-circle'])

type Parsed = { readonly text: string; readonly lines: Lines }

const readDocument = (yaml: YamlDocument, { text, lines }: Parsed, options: ReadFlowOptions): FlowReading => {
  const unread: Finding[] = []
  const plain = plainValue(yaml, (finding) => unread.push(finding), lines.lineOf)
  const found: Finding[] = []
  const report = (finding: Finding): void => void found.push(finding)
  const syntax = yamlFindings(yaml)
  const document = plain.refused ? null : checkFlow(plain.value, { path: [], report }, options)
  const findings = [...unread, ...withoutEchoes(found, unread)]
  const locate = locator(yaml, plain.targets, lines)
  const syntaxProblems = syntax.map(locate)
  const problems = [...syntaxProblems, ...beforeBrokenSyntax(findings.map(locate), syntaxProblems)].toSorted(byPlace)
  const wrong = problems.some(({ severity }) => severity === 'error')
  return { document: wrong ? null : document, value: plain.value, problems, source: { text, yaml } }
}

const flowName = (yaml: YamlDocument): string | null => {
  const name: unknown = yaml.get('name')
  return typeof name === 'string' ? name : null
}

/** A stream of flows as export makes it, the root first. Flows in it are found by the others under their names. */
export const readFlows = (text: string, options: ReadFlowOptions): readonly FlowReading[] => {
  const lines = linesOf(text)
  const source = readYaml(text)
  if (!source.ok) {
    const problem = locator(null, new Map(), lines)(source.finding)
    return [{ document: null, value: null, problems: [problem], source: { text, yaml: null } }]
  }
  const { documents } = source
  if (documents.length < 2 || options.flowExists === undefined) {
    return documents.map((yaml) => readDocument(yaml, { text, lines }, options))
  }
  const { flowExists } = options
  const names = new Set(documents.map(flowName))
  const among = { ...options, flowExists: (flow: string) => names.has(flow) || flowExists(flow) }
  return documents.map((yaml) => readDocument(yaml, { text, lines }, among))
}

/** Reads and checks one flow: everything that is wrong, at once. */
export const readFlow = (text: string, options: ReadFlowOptions): FlowReading => {
  const readings = readFlows(text, options)
  const [root, second] = readings
  if (root === undefined) throw new Error('A YAML text has at least one document.')
  if (second === undefined) return root
  const offset = second.source.yaml?.range?.[0] ?? 0
  const lines = linesOf(text)
  const problem: Problem = {
    line: lines.lineOf(offset),
    column: lines.columnOf(offset),
    path: [],
    severity: 'error',
    code: 'several-flows',
    message: `The text holds ${readings.length} flows; one is needed here.`,
    remedy: 'Import it (millrace flow import), or keep each flow in a file of its own.',
  }
  return { ...root, document: null, problems: [...root.problems, problem].toSorted(byPlace) }
}
