import type { NewArtifact } from '#core/model/artifact.ts'
import { counted } from '#core/model/counted.ts'
import type { JsonValue } from '#core/model/handle.ts'
import type { CheckedTable, Row } from './checked-table.ts'
import type { RuleFinding } from './rule-finding.ts'

/** Rows that are printed in the log, and most characters of one. */
const printed = 3
const printedLength = 300
/** A task run leaves no more artifacts than this. */
const mostArtifacts = 20

/** The message for the log, with the first rows that break the rule, and all that are kept of them: null where none are. */
export type Evidence = { readonly lines: string; readonly artifact: NewArtifact | null }

export const evidenceOf = async (
  table: CheckedTable,
  findings: readonly RuleFinding[],
  keep: number,
): Promise<ReadonlyMap<RuleFinding, Evidence>> => {
  const evidence = new Map<RuleFinding, Evidence>()
  const titles = new Map<string, number>()
  for (const finding of findings) {
    const { offending } = finding
    if (!offending || keep === 0) continue
    if (evidence.size >= mostArtifacts) {
      const first = await table.all(`${offending.select} LIMIT ${printed}`)
      const place = `these are not kept, since a task run leaves at most ${mostArtifacts} artifacts`
      evidence.set(finding, { lines: linesOf(first, offending.rows, place), artifact: null })
      continue
    }
    const rows = await table.all(`${offending.select} LIMIT ${keep}`)
    const times = (titles.get(offending.title) ?? 0) + 1
    titles.set(offending.title, times)
    const title = times === 1 ? offending.title : `${offending.title} (${times})`
    evidence.set(finding, {
      lines: linesOf(rows, offending.rows, offending.rows > printed ? `more in the artifact “${title}”` : null),
      artifact: artifactOf(table, rows, { title, total: offending.rows }),
    })
  }
  return evidence
}

const artifactOf = (
  { handle: { columns } }: CheckedTable,
  rows: readonly Row[],
  { title, total }: { title: string; total: number },
): NewArtifact => ({
  kind: 'table',
  title,
  columns,
  rows: rows.map((row) => columns.map(({ name }) => row[name] ?? null)),
  total,
})

/** `place`: where the other rows are. */
const linesOf = (rows: readonly Row[], total: number, place: string | null): string => {
  const some = rows.slice(0, printed).map((row) => `\n  ${rowText(row)}`)
  const rest = place === null ? '' : `\n  … in all ${counted(total, 'row')}; ${place}`
  return some.join('') + rest
}

const rowText = (row: Row): string => {
  const text = Object.entries(row)
    .map(([name, value]) => `${name}=${valueText(value)}`)
    .join(', ')
  return text.length > printedLength ? `${text.slice(0, printedLength)}…` : text
}

const valueText = (value: JsonValue): string =>
  value === null
    ? 'null'
    : typeof value === 'string'
      ? value.slice(0, 60).replaceAll(/\s/g, ' ')
      : JSON.stringify(value)
