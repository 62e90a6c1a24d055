import { writeSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { Refused } from '#core/model/failure.ts'
import type { Home } from '#core/world/home/home.ts'
import { openHome } from '#core/world/home/open-home.ts'
import { created, decided, sampleDocument, sampleLine, sampleRun, sampleTaskRun } from './sample-runs.ts'
import { migrations } from './migrations.ts'

/** A process that opens a home, says how that went in one line, and then does what it is told: hold it, or write on and on. */
const [dir = '', then = 'hold'] = process.argv.slice(2)

const say = (line: object) => writeSync(1, `${JSON.stringify(line)}\n`)

/** Every batch holds an event and the task run that counts it; each is told only after it was acknowledged. */
const writeOn = async ({ store, logs }: Home): Promise<never> => {
  store.putDocument(sampleDocument())
  if (!store.flowRun('run-1')) store.append(created(sampleRun('run-1')))
  for (let number = store.events('run-1').length; ; number++) {
    await store.appendSoon(decided('run-1', number, sampleTaskRun('fetch', 'Running', { runCount: number })))
    logs.write([sampleLine(`line ${number}`)])
    if (number % 10 === 0) logs.flush()
    say({ acknowledged: number })
    if (number % 50 === 0) await wait(0)
  }
}

try {
  const home = await openHome(dir, { version: '1.2.3', migrations })
  say({ opened: home.token })
  if (then === 'write') await writeOn(home)
  // Its parent ends it.
  setInterval(() => {}, 1000)
} catch (error) {
  say(error instanceof Refused ? { refused: error.failure } : { bug: String(error) })
}
