import type { StoredRun } from '#core/engine/ports.ts'
import { Refused } from '#core/model/failure.ts'
import type { FlowRun } from '#core/model/flow-run.ts'
import type { RunEvent } from '#core/model/run-event.ts'
import type { RunPage } from '#core/model/run-page.ts'
import type { FlowRunFilter, FlowRunPageRequest, StateStore } from '#core/model/store.ts'
import type { Access } from './access.ts'
import { isFlowDocument } from './documents.ts'
import { listQuery } from './flow-run-list.ts'
import { countQuery, pageQuery } from './flow-run-page.ts'
import { flowRunOf } from './flow-run-row.ts'
import { holding, integer, isObject, isText, type Row } from './row.ts'
import { taskRunOf } from './task-run-row.ts'

type Reads = Pick<
  StateStore,
  | 'flowRun'
  | 'findFlowRun'
  | 'flowRunBySubmissionKey'
  | 'childOf'
  | 'flowRuns'
  | 'flowRunPage'
  | 'recentRuns'
  | 'unfinished'
  | 'children'
  | 'lastFlowRun'
  | 'taskRuns'
  | 'taskRun'
  | 'events'
> & { load(flowRun: string): StoredRun | null }

export const runReads = ({ prepare, read }: Access): Reads => {
  const byId = prepare('select * from flow_runs where id = ?')
  const bySubmissionKey = prepare('select * from flow_runs where flow = ? and submission_key = ?')
  const byParent = prepare('select * from flow_runs where parent_flow_run = ? and parent_task_run = ?')
  const unfinished = prepare(`select * from flow_runs where deleted_at is null and state_type in
    ('SCHEDULED', 'PENDING', 'RUNNING', 'CANCELLING', 'PAUSED') order by created_at, id`)
  const children = prepare('select * from flow_runs where parent_flow_run = ? order by created_at, id')
  const lastOfFlow = prepare(`select * from flow_runs indexed by flow_runs_by_flow where flow = ? and deleted_at is null
    order by created_at desc, id desc limit 1`)
  const taskRuns = prepare('select * from task_runs where flow_run = ? order by key')
  const taskRun = prepare('select * from task_runs where flow_run = ? and key = ?')
  const events = prepare('select event from events where flow_run = ? and number >= ? order by number')
  const document = prepare('select document from documents where hash = ?')

  const one = (row: Row | undefined): FlowRun | null => (row === undefined ? null : flowRunOf(row))
  const flowRun = (id: string) => read(() => one(byId.get(id)))
  const eventsOf = (id: string, from = 0) =>
    read(() => events.all(id, from).map((row) => holding(row, 'event', isRunEvent)))

  return {
    flowRun,
    findFlowRun: finder({ prepare, read }, flowRun),
    flowRunBySubmissionKey: (flow, key) => read(() => one(bySubmissionKey.get(flow, key))),
    childOf: (parent) => read(() => one(byParent.get(parent.flowRun, parent.taskRun))),
    flowRuns: lister({ prepare, read }, flowRun),
    flowRunPage: pager({ prepare, read }),
    recentRuns: recent({ prepare, read }),
    unfinished: () => read(() => unfinished.all().map(flowRunOf)),
    children: (id) => read(() => children.all(id).map(flowRunOf)),
    lastFlowRun: (flow) => read(() => one(lastOfFlow.get(flow))),
    taskRuns: (id) => read(() => taskRuns.all(id).map(taskRunOf)),
    taskRun: (id, key) =>
      read(() => {
        const row = taskRun.get(id, key)
        return row === undefined ? null : taskRunOf(row)
      }),
    events: eventsOf,
    load: (id) => {
      const run = flowRun(id)
      if (!run) return null
      const row = read(() => document.get(run.document))
      if (!row) throw new Error(`The document of flow run ${id} is not stored`)
      return { flowRun: run, document: holding(row, 'document', isFlowDocument), events: eventsOf(id) }
    },
  }
}

const isRunEvent = (value: unknown): value is RunEvent =>
  isObject(value) && typeof value['at'] === 'number' && isText(value['kind'])

type Reading = Pick<Access, 'prepare' | 'read'>

/** Prepared once for each text. */
const statementsOf = (prepare: Access['prepare']) => {
  const statements = new Map<string, ReturnType<Access['prepare']>>()
  return (sql: string) => {
    const statement = statements.get(sql) ?? prepare(sql)
    statements.set(sql, statement)
    return statement
  }
}

const pager = ({ prepare, read }: Reading) => {
  const statementFor = statementsOf(prepare)
  return (request: FlowRunPageRequest): RunPage =>
    read(() => {
      const page = pageQuery(request)
      const all = countQuery(request)
      const counted = statementFor(all.sql).get(...all.values)
      return {
        total: counted ? integer(counted, 'count') : 0,
        offset: request.offset,
        runs: statementFor(page.sql)
          .all(...page.values)
          .map(flowRunOf),
      }
    })
}

const recent = ({ prepare, read }: Reading) => {
  const statement = prepare(`select flow_runs.* from json_each(?) wanted cross join flow_runs on flow_runs.id in (
    select id from flow_runs indexed by flow_runs_by_flow where flow = wanted.value and deleted_at is null
    order by created_at desc, id desc limit ?) order by flow_runs.created_at desc, flow_runs.id desc`)
  return (flows: readonly string[], each: number): ReadonlyMap<string, readonly FlowRun[]> =>
    read(() => Map.groupBy(statement.all(JSON.stringify(flows), each).map(flowRunOf), ({ flow }) => flow))
}

const lister = ({ prepare, read }: Reading, flowRun: (id: string) => FlowRun | null) => {
  const statementFor = statementsOf(prepare)
  return (filter: FlowRunFilter): readonly FlowRun[] => {
    const last = filter.after === undefined ? null : flowRun(filter.after)
    if (filter.after !== undefined && !last) {
      throw new Refused({
        code: 'not-found',
        message: `Flow run “${filter.after}” is gone, so the page after it is unknown. List from the start.`,
      })
    }
    const { sql, values } = listQuery(filter, last)
    return read(() =>
      statementFor(sql)
        .all(...values)
        .map(flowRunOf),
    )
  }
}

const finder = ({ prepare, read }: Reading, flowRun: (id: string) => FlowRun | null) => {
  const byName = prepare(
    'select * from flow_runs where name = ? and deleted_at is null order by created_at desc limit 4',
  )
  const byPrefix = prepare(
    'select * from flow_runs where id >= ? and id < ? and deleted_at is null order by id limit 4',
  )
  return (text: string): FlowRun => {
    const exact = flowRun(text)
    if (exact) return exact
    const found = read(() => [...byName.all(text), ...byPrefix.all(text, `${text}\u{10ffff}`)]).map(flowRunOf)
    const [first, ...others] = found
    if (!first) {
      throw new Refused({ code: 'not-found', about: 'flow-run', message: `There is no flow run “${text}”.` })
    }
    if (others.length > 0) {
      const names = found.map(({ id, name }) => `${name} (${id})`).join(', ')
      throw new Refused({ code: 'invalid', message: `“${text}” fits several flow runs: ${names} … Give the id.` })
    }
    return first
  }
}
