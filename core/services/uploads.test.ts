import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { sampleDocument } from '#core/world/home/testing/sample-runs.ts'
import { homeInMemory } from '#core/world/home/testing/throw-away.ts'
import { forgetUploads } from './uploads.ts'

const now = Date.parse('2026-11-20T12:00:00Z')

test('an upload goes a day after it came, unless a flow, an open file, a version or a block names it', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'millrace-uploads-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const upload = (name: string, hours: number) => {
    const place = path.join(folder, 'uploads', name)
    mkdirSync(place, { recursive: true })
    writeFileSync(path.join(place, 'rides.csv'), 'a\n1\n')
    utimesSync(place, now / 1000, now / 1000 - hours * 3600)
  }
  for (const name of ['forgotten', 'in-library', 'in-open', 'in-version', 'in-block']) upload(name, 25)
  upload('new', 23)
  mkdirSync(path.join(folder, 'flows'))
  writeFileSync(path.join(folder, 'flows/a.yaml'), 'path: ../uploads/in-library/rides.csv\n')
  const open = path.join(folder, 'elsewhere.yaml')
  writeFileSync(open, `path: ${folder}/uploads/in-open/rides.csv\n`)
  const { store } = await homeInMemory()
  store.saveFlowVersion({
    file: '/x.yaml',
    document: { ...sampleDocument('h'), text: 'path: ../uploads/in-version/rides.csv' },
    savedAt: 1,
  })
  const block = {
    id: 'b',
    type: 'duckdb',
    name: 'b',
    version: 1,
    revision: 1,
    secrets: '{}',
    createdAt: 1,
    updatedAt: 1,
  }
  await store.blocks.commit({
    put: { ...block, facts: '{}', usedAt: null, settings: '{"path":"uploads/in-block/x.duckdb"}' },
  })
  await forgetUploads({ home: folder, store, openFiles: () => [open, '/not/there.yaml'], now: () => now })
  const left = ['forgotten', 'in-library', 'in-open', 'in-version', 'in-block', 'new'].filter((name) =>
    existsSync(path.join(folder, 'uploads', name)),
  )
  expect(left).toEqual(['in-library', 'in-open', 'in-version', 'in-block', 'new'])
})
