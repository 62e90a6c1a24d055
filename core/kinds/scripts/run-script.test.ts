import { existsSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { containing } from '#test/fixtures/containing.ts'
import { formsOf, hostileScripts } from '#test/fixtures/hostile-scripts.ts'
import { describeUnlessPythonIsMissing } from '#test/fixtures/python.ts'
import { testSecret } from '#test/fixtures/workers/pool.ts'
import { scriptPool, type ScriptPool } from '#test/fixtures/workers/scripts.ts'

// Beside one another, since most of them wait for a grace period.
describe.concurrent('script.shell', () => {
  misdeeds('shell')
})
describeUnlessPythonIsMissing.concurrent('script.python', () => {
  misdeeds('python')
})
describe.concurrent('script.node', () => {
  misdeeds('node')
})

describe.concurrent('the limits', () => {
  let pool: ScriptPool
  beforeAll(() => void (pool = scriptPool('script.shell')))
  afterAll(() => pool.remove())

  test('a sparse file counts what it takes of the disk', async () => {
    const { outputs } = await pool.run(
      { script: 'truncate -s 20M "$MILLRACE_OUTPUTS/sparse"', disk_limit: '1 MB' },
      {},
      'sparse',
    )
    expect(outputs['file']).toMatchObject({ name: 'sparse' })
  })

  test('temporary files count too, and go with the script', async () => {
    const script = 'echo "place $TMPDIR"; head -c 30000000 /dev/zero > "$(mktemp)"'
    const { failure, messages } = await pool.run({ script, disk_limit: '5 MB' }, {}, 'temporary')
    expect(failure).toMatchObject({ code: 'limit', message: containing(/more than its limit of 5.0 MB/) })
    const place = messages.find((message) => message.startsWith('place '))?.slice('place '.length) ?? ''
    expect(place).toContain(tmpdir())
    expect(existsSync(place)).toBe(false)
  })

  test('one that takes too much memory is stopped at its limit', async () => {
    const { failure } = await pool.run({ script: hostileScripts.shell.greedy, memory_limit: '200 MB' }, {}, 'greedy')
    expect(failure).toMatchObject({ code: 'limit', message: containing(/of memory, more than its limit of 200 MB/) })
    expect(pool.left('greedy')).toEqual([])
  })
})

function misdeeds(language: keyof typeof hostileScripts): void {
  const { flood, stubborn, hoard, blab } = hostileScripts[language]

  let pool: ScriptPool
  beforeAll(() => void (pool = scriptPool(`script.${language}`)))
  afterAll(() => pool.remove())

  test('a flood of output is held back, and stops when it is told to', async () => {
    const job = pool.start({ script: flood }, {}, 'flood')
    await job.until('the mill grinds')
    const stoppedAt = performance.now()
    job.stop('timeout')
    await job.done
    expect(performance.now() - stoppedAt).toBeLessThan(5000)
    expect(job.outcomes()).toMatchObject([{ kind: 'failed', failure: { code: 'timed-out' } }])
    expect(pool.left('flood')).toEqual([])
  })

  test('what ignores SIGTERM is killed, a daemon with it', async () => {
    const job = pool.start({ script: stubborn }, {}, 'stubborn')
    await job.until('daemon')
    expect(pool.left('stubborn').length).toBeGreaterThan(1)
    job.stop('cancel')
    await job.done
    expect(job.outcomes()).toEqual([{ kind: 'cancelled' }])
    expect(pool.left('stubborn')).toEqual([])
  })

  test('one that fills the disk is stopped at its limit, and what it wrote goes', async () => {
    const { failure } = await pool.run({ script: hoard, disk_limit: '30 MB' }, {}, 'hoard')
    expect(failure).toMatchObject({
      code: 'limit',
      retryable: false,
      message: containing(/wrote .* more than its limit of 30.0 MB/),
    })
    expect([pool.scratch('hoard'), pool.results('hoard')].flatMap((folder) => readdirSync(folder))).toEqual([])
    expect(pool.left('hoard')).toEqual([])
  })

  test('a secret is masked whole, in two writes, encoded, and in the name of a file', async () => {
    const { messages, outputs } = await pool.run({ script: blab, secrets: { LUNCH: 'block:secret/lunch' } }, {}, 'blab')
    expect(messages.slice(0, 2)).toEqual(['it is ********', '********'])
    const all = JSON.stringify([messages, outputs])
    for (const form of formsOf(testSecret)) expect(all).not.toContain(form)
    expect(outputs['value']).toEqual({ kind: 'value', value: '********' })
    const file = outputs['file']
    expect(file).toMatchObject({
      name: 'for hidden.txt',
      path: join(pool.results('blab'), 'outputs', 'for hidden.txt'),
    })
    expect(file?.kind === 'file' && existsSync(file.path)).toBe(true)
    expect(messages.at(-1)).toMatch(/The name of a file .* held a secret; the file is called “for hidden.txt” now/)
  })
}
