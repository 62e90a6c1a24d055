import type { Column } from '#core/model/handle.ts'
import { artifactKinds, type Artifact, type ArtifactRows, type Dataset, type DatasetRows } from '#core/model/store.ts'
import type { Access } from './access.ts'
import { integer, integerOrNull, isObject, isText, json, list, oneOf, text, textOrNull, type Row } from './row.ts'

export const artifactRows = ({ prepare, read, write }: Access): ArtifactRows => {
  const add = prepare('insert into artifacts (flow_run, task_run, kind, key, at, content) values (?, ?, ?, ?, ?, ?)')
  const ofRun = prepare('select * from artifacts where flow_run = ? order by id')
  return {
    add: ({ flowRun, taskRun, kind, key, at, content }) =>
      write(() => add.run(flowRun, taskRun, kind, key, at, JSON.stringify(content))),
    of: (flowRun) => read(() => ofRun.all(flowRun).map(artifactOf)),
  }
}

const artifactOf = (row: Row): Artifact => ({
  id: integer(row, 'id'),
  flowRun: text(row, 'flow_run'),
  taskRun: textOrNull(row, 'task_run'),
  kind: oneOf(row, 'kind', artifactKinds),
  key: text(row, 'key'),
  at: integer(row, 'at'),
  content: json(row, 'content'),
})

export const datasetRows = ({ prepare, read, write }: Access): DatasetRows => {
  const put = prepare('insert or replace into datasets values (?, ?, ?, ?, ?, ?, ?)')
  const byLocation = prepare('select * from datasets where location = ?')
  const all = prepare('select * from datasets order by location')
  return {
    put: ({ location, columns, rows, flowRun, taskRun, writtenAt, madeFrom }) =>
      write(() =>
        put.run(location, JSON.stringify(columns), rows, flowRun, taskRun, writtenAt, JSON.stringify(madeFrom)),
      ),
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
