import { expect, test } from 'vitest'
import { artifactBytes, boundedArtifact } from './artifact.ts'

const table = (rows: readonly (readonly string[])[]) =>
  boundedArtifact({ kind: 'table', title: 'Rows', columns: [{ name: 'a', type: 'VARCHAR' }], rows, total: rows.length })

test('what is small stays as it is', () => {
  const note = { kind: 'markdown', title: 'Note', text: '# Rows' } as const
  expect(boundedArtifact(note)).toEqual(note)
  expect(table([['a'], ['b']])).toMatchObject({ rows: [['a'], ['b']], total: 2 })
})

test('rows that are too many are left out, and how many there were stays known', () => {
  const bounded = table(Array.from({ length: 10_000 }, () => ['😀'.repeat(100)]))
  expect(Buffer.byteLength(JSON.stringify(bounded))).toBeLessThan(artifactBytes)
  expect(bounded).toMatchObject({ total: 10_000 })
})

test('long texts are cut with an ellipsis', () => {
  expect(table([['x'.repeat(5000)]])).toMatchObject({ rows: [[`${'x'.repeat(1000)}…`]] })
  const nested = boundedArtifact({
    kind: 'table',
    title: 'Rows',
    columns: [],
    rows: [[{ list: ['x'.repeat(5000)] }, { list: [1] }]],
    total: 1,
  })
  expect(nested).toMatchObject({ rows: [[expect.stringMatching(/^\{"list":\["x+…$/), { list: [1] }]] })
  const note = boundedArtifact({ kind: 'markdown', title: 't'.repeat(500), text: '€'.repeat(2_000_000) })
  expect(note.title).toHaveLength(201)
  expect(Buffer.byteLength(JSON.stringify(note))).toBeLessThan(artifactBytes + 1000)
})
