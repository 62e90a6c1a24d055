/** Pages that open outside: documentation and consoles of what flows talk to, over https only. */
const hosts = [
  /^(www\.)?github\.com$/,
  /^(www\.)?duckdb\.org$/,
  /^(www\.)?postgresql\.org$/,
  /^nodejs\.org$/,
  /^(console\.)?cloud\.google\.com$/,
]

export const isAllowedLink = (address: string): boolean => {
  try {
    const { protocol, hostname, port, username, password } = new URL(address)
    if (protocol !== 'https:' || port !== '' || username !== '' || password !== '') return false
    return hosts.some((host) => host.test(hostname))
  } catch {
    return false
  }
}
