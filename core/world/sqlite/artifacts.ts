import type { Artifact, ArtifactContent, ArtifactSummary } from '#core/model/artifact.ts'
import type { Column } from '#core/model/handle.ts'
import type { Dataset } from '#core/model/dataset.ts'
import type { ArtifactRows, DatasetRows, ProfileRows, Recorded, StoredProfile } from '#core/model/store.ts'
import type { TableProfile } from '#core/model/table-profile.ts'
import type { Access } from './access.ts'
import { holding, integer, integerOrNull, isObject, isText, list, oneOf, text, type Row } from './row.ts'

const artifactKinds: Readonly<Record<ArtifactContent['kind'], true>> = { table: true, markdown: true, link: true }

export const artifactRows = ({ prepare, read }: Access): ArtifactRows => {
  const ofRun = prepare(`select id, flow_run, task_run, kind, key, at, octet_length(content) as bytes from artifacts
    where flow_run = ? and kind <> 'profile' order by id`)
  const one = prepare(`select *, octet_length(content) as bytes from artifacts
    where flow_run = ? and id = ? and kind <> 'profile'`)
  return {
    list: (flowRun) => read(() => ofRun.all(flowRun).map(summaryOf)),
    find: (flowRun, id) =>
      read(() => {
        const row = one.get(flowRun, id)
        return row === undefined ? null : artifactOf(row)
      }),
  }
}

const summaryOf = (row: Row): ArtifactSummary => ({
  id: integer(row, 'id'),
  flowRun: text(row, 'flow_run'),
  taskRun: text(row, 'task_run'),
  kind: oneOf(row, 'kind', artifactKinds),
  title: text(row, 'key'),
  at: integer(row, 'at'),
  bytes: integer(row, 'bytes'),
})

const artifactOf = (row: Row): Artifact => ({ ...summaryOf(row), ...holding(row, 'content', isContent) })

const isContent = (value: unknown): value is ArtifactContent => isObject(value) && isText(value['kind'])

/** Writes what jobs recorded; part of the transaction it is called in. Of a flow run that is gone nothing is kept. */
export const recordings = ({ prepare }: Access): ((recorded: readonly Recorded[]) => void) => {
  const forget = prepare('delete from artifacts where flow_run = ? and task_run = ? and kind <> ? and key = ?')
  const add = prepare(`insert into artifacts (flow_run, task_run, kind, key, at, content) select ?, ?, ?, ?, ?, ?
    where exists (select 1 from flow_runs where id = ?)`)
  const putDataset = prepare(insertDataset)
  return (recorded) => {
    for (const one of recorded) {
      if (one.kind === 'dataset') {
        putDataset.run(...datasetValues(one.dataset))
        continue
      }
      const { flowRun, taskRun, at, artifact } = one
      const { title, ...content } = artifact
      forget.run(flowRun, taskRun, 'profile', title)
      add.run(flowRun, taskRun, content.kind, title, at, JSON.stringify(content), flowRun)
    }
  }
}

/** Raised when profiles are made otherwise, so that those of before are made anew. */
const profileForm = 1

export const profileRows = ({ prepare, read, write }: Access): ProfileRows => {
  const forget = prepare("delete from artifacts where flow_run = ? and task_run = ? and kind = 'profile' and key = ?")
  const add =
    prepare(`insert into artifacts (flow_run, task_run, kind, key, at, content) select ?, ?, 'profile', ?, ?, ?
    where exists (select 1 from flow_runs where id = ?)`)
  const one =
    prepare(`select content from artifacts where flow_run = ? and task_run = ? and kind = 'profile' and key = ?
    order by id desc limit 1`)
  return {
    put: ({ flowRun, taskRun, output, endedAt, at, profile }) =>
      write(() => {
        forget.run(flowRun, taskRun, output)
        const content = JSON.stringify({ form: profileForm, endedAt, profile })
        add.run(flowRun, taskRun, output, at, content, flowRun)
      }),
    find: ({ flowRun, taskRun, output, endedAt }) =>
      read(() => {
        const row = one.get(flowRun, taskRun, output)
        const kept = row === undefined ? null : holding(row, 'content', isKeptProfile)
        return kept?.form === profileForm && kept.endedAt === endedAt ? kept.profile : null
      }),
  }
}

type KeptProfile = Pick<StoredProfile, 'endedAt' | 'profile'> & { readonly form: number }

const isKeptProfile = (value: unknown): value is KeptProfile => isObject(value) && isProfile(value['profile'])
const isProfile = (value: unknown): value is TableProfile => isObject(value) && Array.isArray(value['columns'])

const insertDataset = 'insert or replace into datasets values (?, ?, ?, ?, ?, ?, ?)'

const datasetValues = ({ location, columns, rows, flowRun, taskRun, writtenAt, madeFrom }: Dataset): unknown[] => [
  location,
  JSON.stringify(columns),
  rows,
  flowRun,
  taskRun,
  writtenAt,
  JSON.stringify(madeFrom),
]

export const datasetRows = ({ prepare, read, write }: Access): DatasetRows => {
  const put = prepare(insertDataset)
  const byLocation = prepare('select * from datasets where location = ?')
  const all = prepare('select * from datasets order by location')
  return {
    put: (dataset) => write(() => put.run(...datasetValues(dataset))),
    find: (location) =>
      read(() => {
        const row = byLocation.get(location)
        return row === undefined ? null : datasetOf(row)
      }),
    list: () => read(() => all.all().map(datasetOf)),
  }
}

const datasetOf = (row: Row): Dataset => ({
  location: text(row, 'location'),
  columns: list(row, 'columns', isColumn),
  rows: integerOrNull(row, 'rows'),
  flowRun: text(row, 'flow_run'),
  taskRun: text(row, 'task_run'),
  writtenAt: integer(row, 'written_at'),
  madeFrom: list(row, 'made_from', isText),
})

const isColumn = (item: unknown): item is Column => isObject(item) && isText(item['name']) && isText(item['type'])
