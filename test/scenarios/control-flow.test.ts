import { expect, test } from 'vitest'
import { isLinux, leftOver } from './left-over.ts'
import { resultOf, statesOf, taskOf } from './millrace.ts'
import { gate, workspace } from './workspace.ts'

const say = (message: string) => `{ message: "${message}" }`
const fails = '{ type: script.shell, with: { script: exit 3 } }'

test('run_if and when decide what runs, and what does not says why', async () => {
  const space = workspace()
  const flow = space.flow(
    'branches',
    `parameters:
  loud: { type: boolean, default: false }
tasks:
  good: { type: log.message, with: ${say('good')} }
  bad: ${fails}
  after_good: { type: log.message, after: [good], with: ${say('x')} }
  after_bad: { type: log.message, after: [bad], with: ${say('x')} }
  far_after_bad: { type: log.message, after: [after_bad], with: ${say('x')} }
  whatever: { type: log.message, after: [bad], run_if: all_done, with: ${say('x')} }
  rescue: { type: log.message, after: [far_after_bad], run_if: any_failed, with: ${say('x')} }
  no_rescue: { type: log.message, after: [good], run_if: any_failed, with: ${say('x')} }
  loudly: { type: log.message, when: "{{ loud }}", with: ${say('x')} }
  after_loudly: { type: log.message, after: [loudly], with: ${say('x')} }
  data: { type: script.shell, when: "{{ loud }}", with: { script: 'echo 1 > "$MILLRACE_OUTPUTS/one.csv"' } }
  keep:
    type: storage.upload
    inputs: { files: data.file }
    run_if: all_done
    with: { storage: block:local-file-system/lake }
`,
  )
  const result = await space.run(flow)
  expect(result.state).toMatchObject({ type: 'FAILED', name: 'Failed' })
  expect(statesOf(result)).toEqual({
    good: 'Completed',
    bad: 'Failed',
    after_good: 'Completed',
    after_bad: 'Skipped',
    far_after_bad: 'Skipped',
    whatever: 'Completed',
    rescue: 'Completed',
    no_rescue: 'Skipped',
    loudly: 'Skipped',
    after_loudly: 'Skipped',
    data: 'Skipped',
    keep: 'Skipped',
  })
  const why = (task: string) => taskOf(result, task).state.message
  expect(why('after_bad')).toBe('Task “bad” failed, and this one runs only if all before it succeed.')
  expect(why('far_after_bad')).toBe('Task “after_bad” was skipped, and this one runs only if all before it succeed.')
  expect(why('no_rescue')).toBe('No task before it failed.')
  expect(why('loudly')).toBe('Its condition does not hold: {{ loud }}')
  expect(why('keep')).toBe('Its input “files” is missing: task “data” left no output.')
  expect(taskOf(result, 'loudly').state.type).toBe('SKIPPED')
  const loud = await space.run(flow, '-p', 'loud=true')
  expect(statesOf(loud)).toMatchObject({ loudly: 'Completed', after_loudly: 'Completed', keep: 'Completed' })
})

test('a failure that is allowed does not fail the run, and what comes after it runs', async () => {
  const space = workspace()
  const flow = space.flow(
    'allowed',
    `tasks:
  bad: { type: script.shell, allow_failure: true, with: { script: exit 3 } }
  next: { type: log.message, after: [bad], with: ${say('x')} }
`,
  )
  const ended = await space.millrace(['run', flow, '--json'])
  expect(ended.exitCode).toBe(0)
  expect(statesOf(resultOf(ended))).toEqual({ bad: 'Failed', next: 'Completed' })
})

test('a disabled task does nothing and passes its input through', async () => {
  const space = workspace()
  space.write('rides.csv', 'id,passengers\n1,0\n2,3\n3,1\n')
  const flow = (disabled: boolean) =>
    space.flow(
      'disabled',
      `tasks:
  fetch: { type: http.download, with: { url: rides.csv } }
  read: { type: table.read, inputs: { files: fetch.file } }
  keep: { type: table.filter, inputs: { table: read.table }, disabled: ${disabled}, with: { where: passengers > 0 } }
  save: { type: table.write, inputs: { table: keep.table }, with: { format: csv } }
  count: { type: script.shell, inputs: { files: save.file }, with: { script: 'wc -l < "$MILLRACE_INPUT_FILES"' } }
`,
    )
  const filtered = await space.run(flow(false))
  expect(taskOf(filtered, 'count').outputs['value']).toBe(3)
  const without = await space.run(flow(true))
  expect(without.state.name).toBe('Completed')
  expect(taskOf(without, 'keep').state).toMatchObject({ name: 'Skipped', message: 'Disabled.' })
  expect(taskOf(without, 'count').outputs['value']).toBe(4)
})

test('a task that takes too long is TimedOut with all its processes; a flow that does is too', async () => {
  const space = workspace()
  const { wait } = gate(space, 'never')
  const task = space.flow(
    'slow-task',
    `tasks:
  slow: { type: script.shell, timeout: 300ms, retries: 1, retry_delay: 0s, with: { script: "(${wait}) & ${wait}" } }
  spin: { type: script.shell, timeout: 300ms, with: { script: "while true; do :; done" } }
`,
  )
  const result = await space.run(task)
  expect(statesOf(result)).toEqual({ slow: 'TimedOut', spin: 'TimedOut' })
  expect(taskOf(result, 'slow')).toMatchObject({
    run_count: 2,
    state: { type: 'FAILED', message: 'Task run exceeded timeout of 0.3 seconds' },
  })
  const flow = space.flow(
    'slow-flow',
    `timeout: 300ms\ntasks:\n  slow: { type: script.shell, with: { script: "${wait}" } }\n`,
  )
  const ended = await space.millrace(['run', flow, '--json'])
  expect(ended.exitCode).toBe(1)
  expect(resultOf(ended).state).toMatchObject({
    type: 'FAILED',
    name: 'TimedOut',
    message: 'Flow run exceeded timeout of 0.3 seconds',
  })
  if (isLinux) expect(leftOver(space.home)).toEqual([])
})

test('a script that is killed, or eats all its memory, is Crashed and tried again; the run goes on', async () => {
  const space = workspace()
  const flow = space.flow(
    'crashes',
    `tasks:
  killed: { type: script.shell, retries: 1, retry_delay: 0s, with: { script: "test $MILLRACE_ATTEMPT = 2 || kill -9 $$" } }
  dies: { type: script.shell, with: { script: "kill -SEGV $$" } }
  greedy: { type: script.shell, with: { script: "tail /dev/zero" } }
  calm: { type: log.message, after: [dies, greedy], run_if: all_done, with: ${say('calm')} }
`,
  )
  const ended = await space.millrace(['run', flow, '--json'], { env: { MILLRACE_TASK_MEMORY_MB: '400' } })
  expect(ended.exitCode).toBe(1)
  const result = resultOf(ended)
  expect(statesOf(result)).toEqual({ killed: 'Completed', dies: 'Crashed', greedy: 'Crashed', calm: 'Completed' })
  expect(taskOf(result, 'killed').run_count).toBe(2)
  expect(taskOf(result, 'dies').state.message).toContain('SIGSEGV')
  expect(taskOf(result, 'greedy').state.message).toContain('memory')
  if (isLinux) expect(leftOver(space.home)).toEqual([])
})

test('a flow that fails is tried again as a whole, without what had completed', async () => {
  const space = workspace()
  const counted = space.path('counted')
  const flow = space.flow(
    'again',
    `retries: 2
retry_delay: 200ms
tasks:
  once: { type: script.shell, with: { script: "echo once >> '${counted}'" } }
  third:
    type: script.shell
    after: [once]
    with: { script: "echo try >> '${counted}'; test $(grep -c try '${counted}') = 3" }
`,
  )
  const ended = await space.millrace(['run', flow, '--json'])
  expect(ended.exitCode, ended.stderr).toBe(0)
  expect(space.read('counted')).toBe('once\ntry\ntry\ntry\n')
  expect(resultOf(ended).flow_run).toMatchObject({ run_count: 3 })
  expect(ended.stdout).toContain('"name":"AwaitingRetry"')
})

test('a command that only looks runs nothing: what is to be tried again waits for the next run', async () => {
  const space = workspace()
  const { wait, open } = gate(space, 'first')
  const flow = space.flow(
    'again',
    `retries: 2
tasks:
  work: { type: script.shell, with: { script: "echo try >> '${space.path('counted')}'; echo at work; ${wait}" } }
`,
  )
  const dies = space.start(['run', flow])
  await dies.saw('at work')
  dies.signal('SIGKILL')
  await dies.ended
  const listed = await space.millrace(['flow-run', 'ls'])
  expect(listed).toMatchObject({ exitCode: 0 })
  expect(listed.stdout).toContain('AwaitingRetry')
  expect(listed.stderr).toContain('To be tried again when something is next run')
  const [run] = await space.flowRuns()
  const followed = space.start(['flow-run', 'logs', run?.id ?? '', '-f'])
  await followed.saw(`If nobody goes on with it: millrace flow-run resume ${run?.name}`)
  followed.signal('SIGINT')
  await followed.ended
  expect(space.read('counted')).toBe('try\n')
  open()
  await space.millrace(['run', space.flow('other', 'tasks:\n  say: { type: log.message, with: { message: hello } }\n')])
  expect((await space.flowRuns()).map(({ state }) => state.name)).toEqual(['Completed', 'Completed'])
  expect(space.read('counted')).toBe('try\ntry\n')
})

test('hooks run when the run has ended: on failure, on completion, on cancellation', async () => {
  const space = workspace()
  const { wait } = gate(space, 'never')
  const flow = space.flow(
    'hooked',
    `parameters:
  way: { type: string, default: completed }
tasks:
  work:
    type: script.shell
    with: { script: "case {{ way }} in failed) exit 1;; cancelled) echo at work; ${wait};; esac" }
hooks:
  on_failure: { tell_failed: { type: log.message, with: { message: "{{ run.name }} ended as {{ run.state }}" } } }
  on_completion: { tell_done: { type: log.message, with: { message: "{{ run.name }} ended as {{ run.state }}" } } }
  on_cancellation: { tell_cancelled: { type: log.message, with: { message: "{{ run.name }} ended as {{ run.state }}" } } }
`,
  )
  const done = await space.millrace(['run', flow])
  expect(done.exitCode).toBe(0)
  expect(done.stderr).toMatch(/Task run 'tell_done-0' - \w+-\w+ ended as Completed/)
  expect(done.stdout).not.toContain('tell_failed')

  const failed = await space.millrace(['run', flow, '-p', 'way=failed'])
  expect(failed.exitCode).toBe(1)
  expect(failed.stderr).toMatch(/Task run 'tell_failed-0' - \w+-\w+ ended as Failed/)

  const cancelled = space.start(['run', flow, '-p', 'way=cancelled'])
  await cancelled.saw('at work')
  cancelled.signal('SIGINT')
  const ended = await cancelled.ended
  expect(ended.exitCode).toBe(130)
  expect(ended.stderr).toMatch(/Task run 'tell_cancelled-0' - \w+-\w+ ended as Cancelled/)
})

test('the first Ctrl-C lets a task run that always runs; the second stops that too', async () => {
  const space = workspace()
  const [work, cleaning] = [gate(space, 'never'), gate(space, 'cleaning')]
  const flow = space.flow(
    'clean-up',
    `tasks:
  work: { type: script.shell, with: { script: "echo at work; ${work.wait}" } }
  next: { type: log.message, after: [work], with: ${say('x')} }
  clean: { type: script.shell, after: [next], run_if: always, with: { script: "echo cleaning up; ${cleaning.wait}; echo all clean" } }
`,
  )
  const interrupted = () => {
    const command = space.start(['run', flow, '--json'])
    return command.saw('at work').then(() => {
      command.signal('SIGINT')
      return command.saw('cleaning up').then(() => command)
    })
  }
  const stopped = await interrupted()
  // One press of the keys, which npm passes on too, counts once; so this is pressed until it is taken for another.
  const pressing = setInterval(() => stopped.signal('SIGINT'), 600)
  const first = await stopped.ended
  clearInterval(pressing)
  expect(first.exitCode, first.stderr).toBe(130)
  expect(statesOf(resultOf(first))).toEqual({ work: 'Cancelled', next: 'Cancelled', clean: 'Cancelled' })

  const patient = await interrupted()
  cleaning.open()
  const second = await patient.ended
  expect(second.exitCode, second.stderr).toBe(130)
  expect(statesOf(resultOf(second))).toEqual({ work: 'Cancelled', next: 'Cancelled', clean: 'Completed' })
})
