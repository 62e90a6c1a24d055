import type { Block, BlockTypeSummary, BlockUses, SecretFacts, TestStage } from '#core/model/block.ts'
import { counted } from '#core/model/counted.ts'
import { formatDuration } from '#core/model/duration.ts'
import type { JsonValue } from '#core/model/handle.ts'
import { formatGrid } from '../terminal.ts'

const timeOf = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString())

export const blockJson = (block: Block, uses: BlockUses | null): JsonValue => {
  const { lastTest, lastUsedAt, createdAt, updatedAt, facts, ...rest } = block
  const shown = Object.entries(facts).map(([field, { shown: texts, expiresAt }]): [string, JsonValue] => [
    field,
    { shown: texts, expires: timeOf(expiresAt) },
  ])
  return {
    ...rest,
    facts: Object.fromEntries(shown),
    last_test: lastTest && { at: timeOf(lastTest.at), passed: lastTest.passed, stages: lastTest.stages },
    last_used: timeOf(lastUsedAt),
    created: timeOf(createdAt),
    updated: timeOf(updatedAt),
    ...(uses && { used_by: usesJson(uses) }),
  }
}

const usesJson = ({ flows, blocks, runs }: BlockUses): JsonValue => ({
  flows: flows.map(({ name, file, places }) => ({ name, file, places })),
  blocks,
  flow_runs: runs.map(({ flowRun, name }) => ({ id: flowRun, name })),
})

/** `web-to-gcs (upload), block:gcs-bucket/zoom`, or empty. */
const usesInWords = ({ flows, blocks, runs }: BlockUses): readonly string[] => [
  ...flows.map(({ name, places }) => {
    const where = [...new Set(places.map(({ task, path }) => task ?? path.slice(0, 2).join('.')))]
    return `flow ${name}${where.length > 0 ? ` (${where.join(', ')})` : ''}`
  }),
  ...blocks.map(({ reference, fields }) => `${reference} (${fields.join(', ')})`),
  ...runs.map(({ name }) => `flow run ${name}, which has not ended`),
]

export const countOfUses = ({ flows, blocks, runs }: BlockUses): string =>
  [
    ...(flows.length > 0 ? [counted(flows.length, 'flow')] : []),
    ...(blocks.length > 0 ? [counted(blocks.length, 'block')] : []),
    ...(runs.length > 0 ? [counted(runs.length, 'run')] : []),
  ].join(', ')

/** How it stands with a block: what hinders its use, else how its last test went. */
export const healthOf = ({ problem, lastTest }: Block): string => {
  if (problem !== null) return 'not ready'
  if (!lastTest) return 'not tested'
  return lastTest.passed ? 'ok' : 'test failed'
}

export const stageLines = ({ stage, ok, duration, message, remedy }: TestStage): readonly string[] => [
  `${ok ? 'ok    ' : 'failed'}  ${stage}  ${formatDuration(duration)}  ${message}`,
  ...(remedy === undefined ? [] : [`        ${remedy}`]),
]

const factsInWords = (facts: SecretFacts | undefined): string => {
  if (!facts) return ''
  const expiry = facts.expiresAt === null ? [] : [`expires ${new Date(facts.expiresAt).toISOString().slice(0, 10)}`]
  return [...Object.entries(facts.shown).map(([title, text]) => `${title} ${text}`), ...expiry].join(', ')
}

const section = (title: string, rows: readonly (readonly string[])[]): readonly string[] => {
  const [first = [], ...rest] = rows
  return rows.length === 0
    ? []
    : [
        `${title}:`,
        ...formatGrid(first, rest)
          .split('\n')
          .map((line) => `  ${line}`),
      ]
}

const textOf = (value: JsonValue): string => (typeof value === 'string' ? value : JSON.stringify(value))

export const blockLines = (block: Block, uses: BlockUses, type: BlockTypeSummary | undefined): readonly string[] => {
  const secrets = Object.entries(block.secrets).map(([field, set]) => {
    const optional = type?.secrets[field]?.optional ? 'not set, not needed' : 'not set'
    return [field, set ?? optional, factsInWords(block.facts[field])]
  })
  const used = usesInWords(uses)
  return [
    `${block.reference} (${type?.title ?? block.type})`,
    ...(block.problem === null ? [] : [`Problem: ${block.problem}`]),
    ...section(
      'Settings',
      Object.entries(block.settings).map(([field, value]) => [field, textOf(value), factsInWords(block.facts[field])]),
    ),
    ...section('Secrets', secrets),
    ...(used.length === 0 ? ['Used by nothing.'] : ['Used by:', ...used.map((line) => `  ${line}`)]),
    `Last used: ${block.lastUsedAt === null ? 'never' : timeOf(block.lastUsedAt)}`,
    ...testLines(block),
    `Made ${timeOf(block.createdAt)}, changed ${timeOf(block.updatedAt)}`,
  ]
}

const testLines = ({ lastTest }: Block): readonly string[] =>
  lastTest
    ? [
        `Last test: ${lastTest.passed ? 'passed' : 'failed'} ${timeOf(lastTest.at)}`,
        ...lastTest.stages.flatMap(stageLines).map((line) => `  ${line}`),
      ]
    : ['Last test: none']

export const typeLines = ({
  type,
  title,
  summary,
  docs,
  fields,
  secrets,
  capabilities,
}: BlockTypeSummary): readonly string[] => {
  const settings = fields.map(({ name, title: label, help, required, default: usual }) => [
    name,
    required ? 'required' : usual === undefined ? '' : `usually ${textOf(usual)}`,
    help === undefined ? label : `${label}. ${help}`,
  ])
  const hidden = Object.entries(secrets).map(([name, { title: label, help, optional }]) => [
    name,
    optional ? '' : 'required',
    help === undefined ? label : `${label}. ${help}`,
  ])
  return [
    `${type} (${title})`,
    summary,
    ...(capabilities.length > 0 ? [`For: ${capabilities.join(', ')}`] : []),
    ...section('Settings (--set field=value)', settings),
    ...section('Secrets (--stdin field, or --file field=PATH)', hidden),
    ...(docs === '' ? [] : ['', docs.trim()]),
  ]
}
