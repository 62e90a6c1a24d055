import type { LooksOf } from '#renderer/features/blocks/block-tabs.tsx'
import { QueryConsole } from '#renderer/features/console/query-console.tsx'
import { StorageBrowser } from '#renderer/features/storage-browser/storage-browser.tsx'

/** A database can be asked, a storage looked into. */
export const looksOf: LooksOf = ({ reference }, { capabilities }) => [
  ...(capabilities.includes('database')
    ? [{ name: 'query', title: 'Query', content: <QueryConsole block={reference} /> }]
    : []),
  ...(capabilities.includes('storage')
    ? [{ name: 'browse', title: 'Files', content: <StorageBrowser block={reference} /> }]
    : []),
]
