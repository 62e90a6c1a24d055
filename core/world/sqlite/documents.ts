import type { FlowDocument } from '#core/model/flow-document.ts'
import type { FlowVersion, StateStore, StoredDocument } from '#core/model/store.ts'
import type { Access } from './access.ts'
import { holding, integer, isObject, text, type Row } from './row.ts'

type Documents = Pick<
  StateStore,
  'putDocument' | 'document' | 'saveFlowVersion' | 'flowVersions' | 'moveFlow' | 'mentions'
>

export const documents = ({ prepare, read, write }: Access): Documents => {
  const put = prepare('insert or ignore into documents values (?, ?, ?)')
  const known = prepare('select 1 from documents where hash = ?')
  const byHash = prepare('select * from documents where hash = ?')
  const versions = prepare('select * from flow_versions where file = ? order by version desc')
  const newest = prepare('select * from flow_versions where file = ? order by version desc limit 1')
  const mentioned = prepare(`select
    exists (select 1 from documents where instr(text, @text) > 0) or
    exists (select 1 from flow_runs where instr(parameters, @text) > 0) or
    exists (select 1 from blocks where instr(settings, @text) > 0) as found`)
  const addVersion = prepare('insert into flow_versions values (?, ?, ?, ?)')

  const dropVersions = prepare('delete from flow_versions where file = ?')
  const moveVersions = prepare('update flow_versions set file = ? where file = ?')
  // A submission key that another flow of the new name has used stays with the run of the old name.
  const moveRuns = prepare('update or ignore flow_runs set file = ?, flow = ? where file = ?')

  // What is known needs no write, so that running the same flow again does not wait for the disk.
  const putDocument = ({ hash, text: written, document }: StoredDocument) => {
    if (read(() => known.get(hash))) return
    write(() => put.run(hash, written, JSON.stringify(document)))
  }

  return {
    putDocument,
    document: (hash) =>
      read(() => {
        const row = byHash.get(hash)
        return row === undefined
          ? null
          : { hash, text: text(row, 'text'), document: holding(row, 'document', isFlowDocument) }
      }),
    saveFlowVersion: ({ file, document, savedAt }) =>
      write(() => {
        const row = newest.get(file)
        const last = row === undefined ? null : versionOf(row)
        if (last?.document === document.hash) return last
        putDocument(document)
        const version = { file, version: (last?.version ?? 0) + 1, document: document.hash, savedAt }
        addVersion.run(file, version.version, version.document, savedAt)
        return version
      }),
    flowVersions: (file) => read(() => versions.all(file).map(versionOf)),
    moveFlow: (from, to) =>
      write(() => {
        dropVersions.run(to.file)
        moveVersions.run(to.file, from)
        moveRuns.run(to.file, to.flow, from)
      }),
    mentions: (wanted) => read(() => mentioned.get({ text: wanted })?.['found'] === 1),
  }
}

export const isFlowDocument = (value: unknown): value is FlowDocument =>
  isObject(value) && Array.isArray(value['tasks'])

const versionOf = (row: Row): FlowVersion => ({
  file: text(row, 'file'),
  version: integer(row, 'version'),
  document: text(row, 'document'),
  savedAt: integer(row, 'saved_at'),
})
