import { expect, test } from 'vitest'
import { addressOf, readPlace } from './navigation.ts'

test('an address that was typed with a lone % leads to what it says', () => {
  expect(readPlace('#/flows/100%')).toEqual({ page: 'flow', name: '100%' })
  expect(readPlace('#/runs/%zz')).toEqual({ page: 'run', flowRun: '%zz' })
})

test('a place is found again by its address, whatever its name', () => {
  for (const name of ['100%', 'a/b', 'Fahrten ü', '%41'])
    expect(readPlace(addressOf({ page: 'flow', name }))).toEqual({ page: 'flow', name })
})
