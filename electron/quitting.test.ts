import { expect, test } from 'vitest'
import { createQuitting, type QuitChoice } from './quitting.ts'

/** An app in which these runs go on, and a person who chooses. */
const appWith = (runs: readonly string[], choose: () => QuitChoice) => {
  const did: string[] = []
  const app = { runs, did }
  const note = (what: string) => void did.push(what)
  const quitting = createQuitting({
    activeFlowRuns: () => app.runs,
    ask: (names) => {
      note(`ask ${names.join(' ')}`)
      return Promise.resolve(choose())
    },
    hide: () => note('hide'),
    sayEnded: (ended) => note(`say ${ended.join(', ')}`),
    endEngine: () => Promise.resolve(note('end')),
    quit: () => note(`quit ${quitting.mayQuit()}`),
  })
  return Object.assign(app, { quitting })
}

const settled = () => new Promise(setImmediate)

test('an app in which nothing runs ends its engine and then itself, however often it is told', async () => {
  const { quitting, did } = appWith([], () => 'stay')
  expect(quitting.mayQuit()).toBe(false)
  expect(quitting.mayQuit()).toBe(false)
  await settled()
  expect(did).toEqual(['end', 'quit true'])
})

test('a person who stays is asked again the next time', async () => {
  const { quitting, did } = appWith(['quiet-heron'], () => 'stay')
  quitting.mayQuit()
  quitting.mayQuit()
  await settled()
  quitting.mayQuit()
  await settled()
  expect(did).toEqual(['ask quiet-heron', 'ask quiet-heron'])
})

test('stopping ends the engine, which stops what runs', async () => {
  const { quitting, did } = appWith(['quiet-heron', 'brave-otter'], () => 'stop')
  quitting.mayQuit()
  await settled()
  expect(did).toEqual(['ask quiet-heron brave-otter', 'end', 'quit true'])
})

test('in the background the app ends with the last run, and says what became of each', async () => {
  const app = appWith(['quiet-heron', 'brave-otter'], () => 'background')
  app.quitting.runsChanged(['seen (proud-lynx) has completed'])
  app.quitting.mayQuit()
  await settled()
  app.runs = ['brave-otter']
  app.quitting.runsChanged(['taxis (quiet-heron) has failed'])
  expect(app.did).toEqual(['ask quiet-heron brave-otter', 'hide'])
  app.runs = []
  app.quitting.runsChanged(['rides (brave-otter) has completed'])
  await settled()
  expect(app.did).toEqual([
    'ask quiet-heron brave-otter',
    'hide',
    'say taxis (quiet-heron) has failed, rides (brave-otter) has completed',
    'end',
    'quit true',
  ])
})

test('an app that somebody came back to stays when its runs have ended', async () => {
  const app = appWith(['quiet-heron'], () => 'background')
  app.quitting.mayQuit()
  await settled()
  app.quitting.cameBack()
  app.runs = []
  app.quitting.runsChanged(['taxis (quiet-heron) has completed'])
  await settled()
  expect(app.did).toEqual(['ask quiet-heron', 'hide'])
})
