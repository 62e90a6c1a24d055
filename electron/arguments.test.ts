import { expect, test } from 'vitest'
import { flowFileIn, flowLinkIn, homeIn, scriptCommand, scriptIn } from './arguments.ts'

test.each([
  [['--home', '/h'], '/h'],
  [['--home=/h', 'a.yaml'], '/h'],
  [['a.yaml'], null],
  [['--home'], null],
])('the home in %j is %j', (args, home) => {
  expect(homeIn(args)).toBe(home)
})

test.each([
  [['--home', '/h', 'flow.yaml'], '/w/flow.yaml'],
  [['/abs/a.millrace'], '/abs/a.millrace'],
  [['A.YML'], '/w/A.YML'],
  [['--home', 'home.yaml'], null],
  [['--flag.yaml', 'https://example.org/a.yaml', 'notes.txt'], null],
])('the flow file in %j is %j', (args, file) => {
  expect(flowFileIn(args, '/w')).toBe(file)
})

test.each([
  [['millrace://flows/green-taxi'], 'green-taxi'],
  [['millrace://flows/two%20words'], 'two words'],
  [['millrace://flows/a/b'], null],
  [['millrace://flows/%E0%A4%A'], null],
  [['millrace://run/green-taxi', 'https://flows/a'], null],
])('the flow that %j links to is %j', (args, name) => {
  expect(flowLinkIn(args)).toBe(name)
})

test('a script is run by what scriptCommand says, with its arguments as they are', () => {
  const app = { execPath: '/app/millrace', entry: '/app/main.mjs', isPackaged: true, isRoot: false }
  for (const isPackaged of [true, false]) {
    const { command, args } = scriptCommand({ ...app, isPackaged })
    expect(scriptIn([command, ...args, 's.mjs', '--home', '--', 'x'])).toEqual({
      file: 's.mjs',
      args: ['--home', '--', 'x'],
    })
  }
  expect(scriptIn(['/app/millrace', '--home', '/h', 'a.yaml'])).toBeNull()
  expect(scriptIn(['/app/millrace', '--', '--millrace-script', 'a.mjs'])).toBeNull()
})
