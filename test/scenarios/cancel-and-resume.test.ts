import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { z } from 'zod'
import { isLinux, leftOver } from './left-over.ts'
import { jsonLines, millrace, resultOf, start, statesOf } from './millrace.ts'
import { temporaryFolder } from './workspace.ts'

const home = temporaryFolder()
afterAll(() => home.remove())

/** Appends a line, then waits for `stuck` to go, deaf to signals, with a child that is deaf too. */
const flow = (counted: string, stuck: string) => `millrace: 1
name: long
tasks:
  first:
    type: script.shell
    with: { script: "echo once >> '${counted}'" }
  second:
    type: script.shell
    after: [first]
    with:
      script: |
        trap '' TERM INT
        (trap '' TERM INT; while [ -e '${stuck}' ]; do sleep 0.1; done) &
        echo waiting here
        while [ -e '${stuck}' ]; do sleep 0.1; done
  third:
    type: log.message
    after: [second]
    with: { message: all done }
`

test.runIf(isLinux)(
  'Ctrl-C cancels within 5 s, leaves no process, ends with 130; resume finishes without repeating what was completed',
  async () => {
    const counted = path.join(home.path, 'counted')
    const stuck = path.join(home.path, 'stuck')
    const file = path.join(home.path, 'long.yaml')
    writeFileSync(stuck, '')
    writeFileSync(file, flow(counted, stuck))

    const running = start(['run', file], { home: home.path })
    await running.saw('waiting here')
    const asked = Date.now()
    running.signal('SIGINT')
    const ended = await running.ended
    expect(Date.now() - asked).toBeLessThan(5000)
    expect(ended.exitCode, ended.stderr).toBe(130)
    expect(leftOver(home.path)).toEqual([])

    rmSync(stuck)
    const runs = await millrace(['flow-run', 'ls', '--json'], { home: home.path })
    const { id, state } = z
      .object({ id: z.string(), state: z.object({ name: z.string() }) })
      .parse(jsonLines(runs.stdout)[0])
    expect(state.name).toBe('Cancelled')
    const resumed = await millrace(['flow-run', 'resume', id, '--json'], { home: home.path })
    expect(resumed.exitCode, resumed.stderr).toBe(0)
    expect(statesOf(resultOf(resumed))).toEqual({ first: 'Completed', second: 'Completed', third: 'Completed' })
    expect(readFileSync(counted, 'utf8')).toBe('once\n')
  },
)
