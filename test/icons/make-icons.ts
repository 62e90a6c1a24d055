// `npm run icons`: all icons from renderer/public/icon.svg, drawn by Chromium.
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { chromium } from 'playwright'
import { findProgram } from '#test/run/programs.ts'
import { root } from '#test/run/step.ts'

const folder = path.join(root, 'resources/icons')
const drawing = readFileSync(path.join(root, 'renderer/public/icon.svg'), 'utf8')
const sizes = [16, 24, 32, 48, 64, 128, 256, 512, 1024] as const

/** A picture of this many pixels on both sides. */
type Picture = { readonly size: number; readonly png: Buffer }

const draw = async (): Promise<Picture[]> => {
  const executablePath = findProgram('chromium')
  if (executablePath === null) throw new Error('There is no Chromium here.')
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
  const pictures: Picture[] = []
  for (const size of sizes) {
    const page = await browser.newPage({ viewport: { width: size, height: size } })
    await page.setContent(`<style>body{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${drawing}`)
    pictures.push({ size, png: await page.screenshot({ omitBackground: true }) })
    await page.close()
  }
  await browser.close()
  return pictures
}

/** Windows: a directory of pictures, then the pictures. A size of 256 is written as 0. */
const ico = (pictures: readonly Picture[]): Buffer => {
  const head = Buffer.alloc(6 + 16 * pictures.length)
  head.writeUInt16LE(1, 2)
  head.writeUInt16LE(pictures.length, 4)
  let offset = head.length
  for (const [index, { size, png }] of pictures.entries()) {
    const at = 6 + 16 * index
    head.writeUInt8(size % 256, at)
    head.writeUInt8(size % 256, at + 1)
    head.writeUInt16LE(1, at + 4)
    head.writeUInt16LE(32, at + 6)
    head.writeUInt32LE(png.length, at + 8)
    head.writeUInt32LE(offset, at + 12)
    offset += png.length
  }
  return Buffer.concat([head, ...pictures.map(({ png }) => png)])
}

/** macOS: which of its types a picture of this size has, once for plain displays and once for those of double density. */
const icnsTypes: Readonly<Record<number, readonly string[]>> = {
  16: ['icp4'],
  32: ['icp5', 'ic11'],
  64: ['ic12'],
  128: ['ic07'],
  256: ['ic08', 'ic13'],
  512: ['ic09', 'ic14'],
  1024: ['ic10'],
}

const icns = (pictures: readonly Picture[]): Buffer => {
  const parts = pictures.flatMap(({ size, png }) =>
    (icnsTypes[size] ?? []).flatMap((type) => [header(type, png.length), png]),
  )
  const body = Buffer.concat(parts)
  return Buffer.concat([header('icns', body.length), body])
}

/** Four letters and the length of all, the head included. */
const header = (type: string, length: number): Buffer => {
  const head = Buffer.alloc(8)
  head.write(type, 'latin1')
  head.writeUInt32BE(length + 8, 4)
  return head
}

const pictures = await draw()
for (const { size, png } of pictures) writeFileSync(path.join(folder, `${size}x${size}.png`), png)
writeFileSync(path.join(folder, 'icon.ico'), ico(pictures.filter(({ size }) => size <= 256)))
writeFileSync(path.join(folder, 'icon.icns'), icns(pictures))
