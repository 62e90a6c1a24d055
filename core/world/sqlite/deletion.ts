import type { Deletion } from '#core/model/store.ts'
import type { Access } from './access.ts'
import { overdueRuns, type KeptRun } from './retention.ts'
import { integer, integerOrNull, text, textOrNull, type Row } from './row.ts'

/** The runs given (a JSON list) and those of their subflows. */
const withSubflows = `with recursive family (id) as (
    select value from json_each(?)
    union select flow_runs.id from flow_runs join family on flow_runs.parent_flow_run = family.id
  )`

export const deletion = ({ prepare, read, write }: Access): Deletion => {
  const mark = prepare(`${withSubflows} update flow_runs set deleted_at = ? where id in family and deleted_at is null
    and state_type in ('COMPLETED', 'FAILED', 'CRASHED', 'CANCELLED', 'SKIPPED')`)
  const undo = prepare(
    `${withSubflows} update flow_runs set deleted_at = null where id in family and deleted_at is not null`,
  )
  const due = prepare(`select id from flow_runs marked where deleted_at <= ? and not exists (
    select 1 from result_uses join flow_runs user on user.id = result_uses.by
    where result_uses.used = marked.id and user.deleted_at is null) order by deleted_at, id`)
  const purge = prepare('delete from flow_runs where id in (select value from json_each(?)) and deleted_at is not null')
  const dropDocuments = prepare(`delete from documents where
    not exists (select 1 from flow_runs where flow_runs.document = documents.hash) and
    not exists (select 1 from flow_versions where flow_versions.document = documents.hash)`)
  const setBytes = prepare('update flow_runs set result_bytes = ? where id = ?')
  const sumOfBytes = prepare('select coalesce(sum(result_bytes), 0) as bytes from flow_runs where deleted_at is null')
  const kept = prepare(`select id, parent_flow_run, flow, ended_at, state_type, result_bytes from flow_runs
    where deleted_at is null`)
  const uses = prepare('select used, by from result_uses')

  return {
    mark: (flowRuns, at) => write(() => mark.run(JSON.stringify(flowRuns), at).changes),
    undo: (flowRuns) => write(() => undo.run(JSON.stringify(flowRuns)).changes),
    due: (markedUntil) => read(() => due.all(markedUntil).map((row) => text(row, 'id'))),
    purge: (flowRuns) =>
      write(() => {
        purge.run(JSON.stringify(flowRuns))
        dropDocuments.run()
      }),
    setResultBytes: (flowRun, bytes) => write(() => setBytes.run(bytes, flowRun)),
    resultBytes: () => read(() => sumOfBytes.all().reduce((sum, row) => sum + integer(row, 'bytes'), 0)),
    overdue: (policy, now) =>
      read(() => {
        const pins = uses.all().map((row) => ({ used: text(row, 'used'), by: text(row, 'by') }))
        return overdueRuns({ runs: kept.all().map(keptRunOf), uses: pins, policy, now })
      }),
  }
}

const keptRunOf = (row: Row): KeptRun => ({
  id: text(row, 'id'),
  parent: textOrNull(row, 'parent_flow_run'),
  flow: text(row, 'flow'),
  endedAt: integerOrNull(row, 'ended_at'),
  good: text(row, 'state_type') === 'COMPLETED',
  bytes: integer(row, 'result_bytes'),
})
