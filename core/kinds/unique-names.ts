/** DuckDB's names ignore case. An empty name becomes column_3, a second `a` becomes a_2. */
export const uniqueNames = (wanted: readonly string[]): { names: readonly string[]; renamed: readonly string[] } => {
  const taken = new Set<string>()
  const renamed: string[] = []
  const names = wanted.map((one, index) => {
    const first = one.trim() === '' ? `column_${index + 1}` : one
    let name = first
    for (let number = 2; taken.has(name.toLowerCase()); number += 1) name = `${first}_${number}`
    taken.add(name.toLowerCase())
    if (name !== first) renamed.push(name)
    return name
  })
  return { names, renamed }
}
