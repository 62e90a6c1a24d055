import { expect, test } from 'vitest'
import { catalogue } from '#core/catalogue.ts'
import { icons } from '#renderer/ui/icons.ts'

const named = [...catalogue.tasks.values(), ...catalogue.blocks.values()].map(({ type, icon }) => [type, icon] as const)

test.each(named)('the screen has the icon of %s', (_type, icon) => {
  expect(Object.keys(icons)).toContain(icon)
})

test('the screen carries no icon that no type names', () => {
  const used = new Set<string>(named.map(([, icon]) => icon))
  expect(Object.keys(icons).filter((icon) => !used.has(icon))).toEqual([])
})
