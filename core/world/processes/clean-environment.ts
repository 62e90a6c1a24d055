/** What programs need to find their way, and nothing else: an engine's environment may hold keys and passphrases. */
const names = new Set([
  'PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'LANG', 'LANGUAGE', 'TZ', 'TMPDIR', 'TEMP', 'TMP',
  'SSL_CERT_FILE', 'SSL_CERT_DIR', 'NODE_EXTRA_CA_CERTS', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'ALL_PROXY',
  'SYSTEMROOT', 'SYSTEMDRIVE', 'WINDIR', 'COMSPEC', 'PATHEXT', 'USERPROFILE', 'USERNAME', 'APPDATA', 'LOCALAPPDATA', 'PROGRAMDATA',
  'PROGRAMFILES', 'NUMBER_OF_PROCESSORS', 'PROCESSOR_ARCHITECTURE',
]) // prettier-ignore

export const cleanEnvironment = (source: Readonly<Record<string, string | undefined>>): Record<string, string> => {
  const clean: Record<string, string> = {}
  for (const [name, value] of Object.entries(source)) {
    const upper = name.toUpperCase()
    if (value !== undefined && (names.has(upper) || upper.startsWith('LC_'))) clean[name] = value
  }
  return clean
}
