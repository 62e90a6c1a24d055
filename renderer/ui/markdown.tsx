import type { ReactNode } from 'react'
import classes from './markdown.module.css'

type OpenLink = (address: string) => void

const inlinePattern = /(`[^`]+`|\*\*[^*]+\*\*|\*[^*\s][^*]*\*|\[[^\]]+\]\(https?:\/\/[^)\s]+\))/

/** Code, bold, emphasis, and links to the web; everything else stays the text it is. */
const inline = (text: string, openLink: OpenLink): ReactNode[] =>
  text.split(inlinePattern).map((part, index) => {
    if (/^`[^`]+`$/.test(part)) return <code key={index}>{part.slice(1, -1)}</code>
    if (/^\*\*[^*]+\*\*$/.test(part)) return <strong key={index}>{part.slice(2, -2)}</strong>
    if (/^\*[^*]+\*$/.test(part)) return <em key={index}>{part.slice(1, -1)}</em>
    const link = /^\[([^\]]+)\]\((https?:\/\/[^)\s]+)\)$/.exec(part)
    if (!link) return part
    return (
      <button key={index} type="button" title={link[2]} onClick={() => openLink(link[2] ?? '')}>
        {link[1]}
      </button>
    )
  })

type Block =
  | { readonly kind: 'heading'; readonly level: number; readonly text: string }
  | { readonly kind: 'list'; readonly ordered: boolean; readonly items: readonly string[] }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'paragraph'; readonly text: string }

const fence = /^```/
const heading = /^(#{1,6})\s+(.*)$/
const bullet = /^\s*([-*]|\d+\.)\s+(.*)$/
/** Goes on with the item above it. */
const indented = /^\s{2,}\S/

const code = /^ {4,}\S/

const takeWhile = (lines: readonly string[], from: number, fits: (line: string) => boolean): readonly string[] => {
  let end = from
  while (end < lines.length && fits(lines[end] ?? '')) end += 1
  return lines.slice(from, end)
}

const isPlain = (line: string): boolean =>
  line.trim() !== '' && !heading.test(line) && !bullet.test(line) && !fence.test(line)

const itemsOf = (lines: readonly string[]): readonly string[] => {
  const items: string[] = []
  for (const line of lines) {
    const begun = bullet.exec(line)?.[2]
    if (begun === undefined) items.push(`${items.pop() ?? ''} ${line.trim()}`)
    else items.push(begun)
  }
  return items
}

const blocksOf = (text: string): readonly Block[] => {
  const lines = text.split(/\r?\n/)
  const blocks: Block[] = []
  for (let at = 0; at < lines.length;) {
    const line = lines[at] ?? ''
    const title = heading.exec(line)
    if (line.trim() === '') at += 1
    else if (code.test(line)) {
      const inside = takeWhile(lines, at, (one) => code.test(one))
      blocks.push({ kind: 'code', text: inside.map((one) => one.slice(4)).join('\n') })
      at += inside.length
    } else if (fence.test(line)) {
      const inside = takeWhile(lines, at + 1, (one) => !fence.test(one))
      blocks.push({ kind: 'code', text: inside.join('\n') })
      at += inside.length + 2
    } else if (title) {
      blocks.push({ kind: 'heading', level: title[1]?.length ?? 1, text: title[2] ?? '' })
      at += 1
    } else if (bullet.test(line)) {
      const written = takeWhile(lines, at, (one) => bullet.test(one) || indented.test(one))
      blocks.push({ kind: 'list', ordered: /^\s*\d/.test(line), items: itemsOf(written) })
      at += written.length
    } else {
      const paragraph = takeWhile(lines, at, isPlain)
      blocks.push({ kind: 'paragraph', text: paragraph.join(' ') })
      at += Math.max(1, paragraph.length)
    }
  }
  return blocks
}

const BlockView = ({ block, openLink }: { block: Block; openLink: OpenLink }) => {
  switch (block.kind) {
    case 'heading':
      return <p className={classes['heading']}>{inline(block.text, openLink)}</p>
    case 'list': {
      const items = block.items.map((item, index) => <li key={index}>{inline(item, openLink)}</li>)
      return block.ordered ? <ol>{items}</ol> : <ul>{items}</ul>
    }
    case 'code':
      return <pre>{block.text}</pre>
    case 'paragraph':
      return <p>{inline(block.text, openLink)}</p>
    default:
      return block satisfies never
  }
}

/** The plain parts of Markdown. Nothing in it is ever taken for HTML. */
export const Markdown = ({ text, openLink }: { text: string; openLink: OpenLink }) => (
  <div className={classes['markdown']}>
    {blocksOf(text).map((block, index) => (
      <BlockView key={index} block={block} openLink={openLink} />
    ))}
  </div>
)
