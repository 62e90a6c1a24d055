import { existsSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { workspace } from './workspace.ts'

/** Leaves a result of 3 MB. */
const flow = `tasks:
  make:
    type: script.shell
    with:
      script: |
        head -c 3000000 /dev/urandom > "$MILLRACE_OUTPUTS/data.bin"
`

test('commands keep to the policy: short ones too, and each flow keeps its last good run', async () => {
  const space = workspace()
  await space.millrace(['config', 'set', 'keep-mb=4'])
  const file = space.flow('large', flow)
  const ids: string[] = []
  for (let run = 0; run < 3; run++) ids.push((await space.run(file)).flow_run.id)
  expect((await space.flowRuns()).map(({ id }) => id)).toEqual(ids.slice(-1))
  expect(ids.map((id) => existsSync(path.join(space.home, 'runs', id)))).toEqual([false, false, true])
})
