import { expect, test } from 'vitest'
import { applyEdit } from './apply-edit.ts'
import { blocksNamedIn, renameBlock } from './block-names.ts'

const flow = `# a lake of blocks
millrace: 1
name: block:gcs-bucket/zoom
description: writes to block:gcs-bucket/zoom
x-bucket: &bucket   block:gcs-bucket/zoom   # the one we have
parameters:
  lake: { type: block, types: [gcs-bucket], default: block:gcs-bucket/zoom }
  other: {type: block, default: "block:gcs-bucket/zoom-2"}
variables:
  greeting: 'Hello {{ blocks.string.zoom.value }}, {{ blocks.gcs-bucket.zoom.folder }}!'
tasks:
  upload:
    type: storage.upload
    note: block:gcs-bucket/zoom
    when: blocks.gcs-bucket.zoom.folder == "block:gcs-bucket/zoom"
    with: &with
      storage: *bucket
      to: >-
        {{ blocks["gcs-bucket"]['zoom'].folder
        | default: 'block:gcs-bucket/zoom' }}/x
  script:
    <<: { with: *with }
    type: script.shell
    with:
      <<: *with
      to: here
      secrets: { KEY: 'block:gcs-bucket/zoom#key', LIST: [block:gcs-bucket/zoom] }
      script: |
        echo block:gcs-bucket/zoom is no reference, {{ tasks.blocks.gcs-bucket.zoom }} neither
        echo {{ blocks.gcs-bucket.zoom.folder -}} {% if blocks.gcs-bucket.zoom.folder %}x{% endif %}
hooks:
  on_failure:
    tell: { type: log.message, with: { message: "{{ blocks.gcs-bucket.zoom.bucket }}" } }
layout: { upload: [0, 0] }
`

const rename = (text: string, to: string, from = 'zoom') => renameBlock(text, { type: 'gcs-bucket', from, to })

test('each place that names a block is found, with the task it belongs to', () => {
  const places = blocksNamedIn(flow)
    .filter(({ type, name }) => type === 'gcs-bucket' && name === 'zoom')
    .map(({ task, path }) => `${task}: ${path.join('.')}`)
  expect(places).toEqual([
    'null: x-bucket',
    'null: parameters.lake.default',
    'null: variables.greeting',
    'upload: tasks.upload.when',
    'upload: tasks.upload.when',
    'upload: tasks.upload.with.storage',
    'upload: tasks.upload.with.to',
    'upload: tasks.upload.with.to',
    'script: tasks.script.with.storage',
    'script: tasks.script.with.secrets.KEY',
    'script: tasks.script.with.secrets.LIST.0',
    'script: tasks.script.with.script',
    'script: tasks.script.with.script',
    'tell: hooks.on_failure.tell.with.message',
  ])
  expect(blocksNamedIn(flow)).toContainEqual(expect.objectContaining({ type: 'string', name: 'zoom', task: null }))
})

test('a rename changes the name where the block is meant and no other byte', () => {
  const { text, inverse } = rename(flow, 'dtc-lake')
  const expected = flow
    .replace('&bucket   block:gcs-bucket/zoom ', '&bucket   block:gcs-bucket/dtc-lake ')
    .replace('default: block:gcs-bucket/zoom }', 'default: block:gcs-bucket/dtc-lake }')
    .replaceAll('blocks.gcs-bucket.zoom.', 'blocks.gcs-bucket.dtc-lake.')
    .replace('tasks.blocks.gcs-bucket.dtc-lake', 'tasks.blocks.gcs-bucket.zoom')
    .replace('== "block:gcs-bucket/zoom"', '== "block:gcs-bucket/dtc-lake"')
    .replace("['zoom'].folder", '["dtc-lake"].folder')
    .replace("default: 'block:gcs-bucket/zoom'", "default: 'block:gcs-bucket/dtc-lake'")
    .replace("'block:gcs-bucket/zoom#key'", "'block:gcs-bucket/dtc-lake#key'")
    .replace('[block:gcs-bucket/zoom]', '[block:gcs-bucket/dtc-lake]')
  expect(text).toBe(expected)
  expect(applyEdit(text, inverse).text).toBe(flow)
})

test.each(['my lake', 'a: b', "Bob's"])('the name %j is quoted where the YAML or the expression needs it', (to) => {
  const text = `millrace: 1\nvariables:\n  a: block:gcs-bucket/zoom # note\n  b: "{{ blocks.gcs-bucket.zoom.folder }}"\n  c: 'block:gcs-bucket/zoom'\ntasks: {}\n`
  const after = rename(text, to).text
  expect(after).toContain('# note')
  expect(blocksNamedIn(after).map(({ name, path }) => [name, path.join('.')])).toEqual([
    [to, 'variables.a'],
    [to, 'variables.b'],
    [to, 'variables.c'],
  ])
})

test('a name that cannot stand in an expression is refused, and a flow that does not name the block stays', () => {
  const text = `millrace: 1\nvariables: { b: "{{ blocks.gcs-bucket.zoom.folder }}" }\ntasks: {}\n`
  expect(() => rename(text, `a'b"c`)).toThrow('Choose a name of letters')
  expect(rename(text, `a'b"c`, 'other').text).toBe(text)
})

test('Windows line ends, a byte order mark and folded names stay what they are', () => {
  const text =
    '\uFEFFmillrace: 1\r\nvariables:\r\n  a: block:gcs-bucket/zoom\r\n  b: "block:gcs-bucket/old\r\n    name"\r\n'
  expect(rename(text, 'lake').text).toBe(text.replace('zoom', 'lake'))
  expect(blocksNamedIn(rename(text, 'new', 'old name').text).map(({ name }) => name)).toEqual(['zoom', 'new'])
})
