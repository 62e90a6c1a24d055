/** Pages that open outside without a question: documentation and consoles of what flows talk to, over https only. */
const hosts = [
  /^(www\.)?github\.com$/,
  /^(www\.)?duckdb\.org$/,
  /^(www\.)?postgresql\.org$/,
  /^nodejs\.org$/,
  /^(console\.)?cloud\.google\.com$/,
]

/** Longer ones could not be read in a question. */
const longestAddress = 2000

/** What becomes of a link: it opens, a person is asked, or it opens nothing. */
export const judgeLink = (address: string): 'opens' | 'asks' | 'nothing' => {
  if (address.length > longestAddress || !URL.canParse(address)) return 'nothing'
  const { protocol, hostname, port, username, password } = new URL(address)
  if (!/^https?:$/.test(protocol) || hostname === '' || username !== '' || password !== '') return 'nothing'
  const isKnown = protocol === 'https:' && port === '' && hosts.some((host) => host.test(hostname))
  return isKnown ? 'opens' : 'asks'
}

export type LinksWorld = {
  open(address: string): Promise<void>
  /** Whether a person wants this page. */
  ask(page: URL): Promise<boolean>
}

/** Opens links that a person has pressed. One question at a time: others are dropped until it is answered. */
export const linkOpener = ({ open, ask }: LinksWorld): ((address: string) => Promise<void>) => {
  let asking = false
  return async (address) => {
    const judgement = judgeLink(address)
    if (judgement === 'opens') return open(address)
    if (judgement === 'nothing' || asking) return
    asking = true
    try {
      const page = new URL(address)
      if (await ask(page)) await open(page.href)
    } finally {
      asking = false
    }
  }
}
