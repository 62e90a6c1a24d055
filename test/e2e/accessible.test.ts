import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright'
import { expect, test } from 'vitest'
import { openScreen, type ScreenPlace } from './screens.ts'
import { node, walk } from './walk.ts'

/** Bad enough to keep somebody from what is there. */
const isSerious = (impact: string | null | undefined) => impact === 'serious' || impact === 'critical'

const violations = async (page: Page, rules?: string[]): Promise<string[]> => {
  // The other way opens a second page, which the desktop refuses.
  const axe = new AxeBuilder({ page }).setLegacyMode(true)
  const found = await (rules ? axe.withRules(rules) : axe).analyze()
  return found.violations
    .filter(({ impact }) => isSerious(impact))
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary?.split('\n')[1] ?? ''}`),
    )
}

type Value = { readonly value?: string | boolean }
type AccessibleNode = {
  readonly ignored: boolean
  readonly backendDOMNodeId?: number
  readonly role?: Value
  readonly name?: Value
  readonly properties?: readonly { readonly name: string; readonly value: Value }[]
}

const takesFocus = ({ ignored, role, properties }: AccessibleNode): boolean =>
  !ignored &&
  role?.value !== 'RootWebArea' &&
  properties?.some(({ name, value }) => name === 'focusable' && value.value === true) === true

/** What the keys reach and is announced by no name, as the browser itself computes it. */
const nameless = async (page: Page): Promise<string[]> => {
  const session = await page.context().newCDPSession(page)
  const { nodes } = (await session.send('Accessibility.getFullAXTree')) as { nodes: readonly AccessibleNode[] }
  const found = nodes.filter((one) => takesFocus(one) && (one.name?.value ?? '') === '')
  const told = await Promise.all(
    found.map(async ({ backendDOMNodeId = 0, role }) => {
      const { node: element } = await session.send('DOM.describeNode', { backendNodeId: backendDOMNodeId })
      return `nameless: ${String(role?.value)} ${element.nodeName} ${element.attributes?.join(' ') ?? ''}`
    }),
  )
  await session.detach()
  return told.filter((one) => !/ tabindex -1( |$)/.test(one))
}

const lookAt = async (page: Page, scheme: 'light' | 'dark', rules?: string[]): Promise<string[]> => {
  await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
  await page.locator(`html[data-mantine-color-scheme="${scheme}"]`).waitFor()
  return violations(page, rules)
}

const lookEverywhere = async (place: ScreenPlace, look: (page: Page) => Promise<string[]>): Promise<string[]> => {
  const { page } = await openScreen(place)
  const found: string[] = []
  await walk(page, async (where) => {
    found.push(...(await look(page)).map((one) => `${where}: ${one}`))
  })
  return found
}

test(
  'browser: axe finds nothing serious on any page, light or dark, and everything has a name',
  { timeout: 4 * 60_000 },
  async () => {
    const found = await lookEverywhere('browser', async (page) => [
      ...(await lookAt(page, 'light')),
      ...(await nameless(page)),
      // Only the colours differ.
      ...(await lookAt(page, 'dark', ['color-contrast'])),
    ])
    expect(found).toEqual([])
  },
)

test('desktop: axe finds nothing serious on any page', { timeout: 4 * 60_000 }, async () => {
  expect(await lookEverywhere('desktop', (page) => lookAt(page, 'dark'))).toEqual([])
})

const area = `(() => {
  const part = document.activeElement.closest('nav[aria-label="Pages"], main header, main section[aria-label]')
  let outer = part
  while (outer?.parentElement.closest('main section[aria-label]')) outer = outer.parentElement.closest('main section[aria-label]')
  return outer ? (outer.getAttribute('aria-label') ?? outer.tagName.toLowerCase()) : document.activeElement.tagName
})()`

/** Of what has the focus: a ring of its own, or of what frames it. */
const ring = `(() => {
  const shown = (element) => {
    const style = getComputedStyle(element)
    return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1
  }
  const focused = document.activeElement
  return shown(focused) || [...document.querySelectorAll(':focus-within')].slice(-3).some(shown) ? '' : focused.outerHTML.slice(0, 160)
})()`

test('the Tab key goes through the editor as it is seen, and the focus can always be seen', async () => {
  const { page } = await openScreen('browser')
  await node(page, 'clean').waitFor()
  await page.getByRole('link', { name: 'Flows' }).focus()
  const areas: string[] = []
  const unseen: string[] = []
  const wanted = ['Pages', 'header', 'Palette', 'Canvas', 'Run and text', 'Settings']
  for (let presses = 0; presses < 150; presses += 1) {
    const here = await page.evaluate<string>(area)
    if (here === 'BODY') break
    if (areas.at(-1) !== here) areas.push(here)
    const missing = await page.evaluate<string>(ring)
    if (missing !== '') unseen.push(missing)
    await page.keyboard.press('Tab')
  }
  expect(areas).toEqual(wanted)
  expect(unseen).toEqual([])
})

test('F6 goes from one part of the editor to the next', async () => {
  const { page } = await openScreen('browser')
  await node(page, 'clean').waitFor()
  await page.getByRole('link', { name: 'Flows' }).focus()
  const areas: string[] = []
  for (let presses = 0; presses < 7; presses += 1) {
    areas.push(await page.evaluate<string>(area))
    await page.keyboard.press('F6')
  }
  expect(areas).toEqual(['Pages', 'header', 'Palette', 'Canvas', 'Run and text', 'Settings', 'Pages'])
})
