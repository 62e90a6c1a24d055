import { expect, test } from 'vitest'
import { pythonFault } from './traceback.ts'

const place = { script: '/run/script.py', python: 'python3' }
const fault = (text: string) => pythonFault(text.split('\n'), place)

test('of a chain of exceptions the last counts, and of a message its first line', () => {
  expect(
    fault(`Traceback (most recent call last):
  File "/run/script.py", line 2, in <module>
    first()
KeyError: 'a'

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/run/script.py", line 9, in <module>
    load()
  File "/usr/lib/python3/pandas/io.py", line 100, in load
    raise OSError(text)
OSError: cannot read it
and more words`),
  ).toBe('OSError: cannot read it (line 9 of the script).')
})

test('in a group of exceptions the last one within counts', () => {
  expect(
    fault(`  + Exception Group Traceback (most recent call last):
  |   File "/run/script.py", line 4, in <module>
  |     raise ExceptionGroup("both", errors)
  | ExceptionGroup: both (1 sub-exception)
  +-+---------------- 1 ----------------
    | Traceback (most recent call last):
    |   File "/run/script.py", line 2, in f
    |     raise ValueError("bad")
    | ValueError: bad
    +------------------------------------`),
  ).toBe('ValueError: bad (line 2 of the script).')
})

test('words that are no traceback say nothing, and one that lost its head still names the exception', () => {
  expect(fault('just a warning')).toBeNull()
  expect(fault('  File "/usr/lib/python3/x.py", line 1, in f\n    g()\nRuntimeError: deep')).toBe('RuntimeError: deep.')
})
