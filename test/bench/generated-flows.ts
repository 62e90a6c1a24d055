const flow = (name: string, lines: readonly string[], options = ''): string =>
  `millrace: 1\nname: ${name}\n${options}tasks:\n${lines.join('\n')}\n`

const each = (count: number, line: (index: number) => string): string[] =>
  Array.from({ length: count }, (_, index) => line(index))

/** Each task waits for the one before. */
export const chainFlow = (length: number): string =>
  flow(
    `chain-${length}`,
    each(length, (index) => `  t${index}: { type: bench.no-op${index === 0 ? '' : `, after: [t${index - 1}]`} }`),
  )

/** None waits for another. */
export const wideFlow = (width: number, concurrency: number): string =>
  flow(
    `wide-${width}`,
    each(width, (index) => `  t${index}: { type: bench.no-op }`),
    `concurrency: ${concurrency}\n`,
  )

/** As people write them: settings, expressions, wires, a layout. */
export const largeFlow = (tasks: number): string => {
  const lines = each(tasks, (index) => {
    const wire = index === 0 ? 'inputs: { files: [] }' : `inputs: { table: t${index - 1}.table }`
    return index === 0
      ? `  t0:\n    type: table.read\n    with: { path: "{{ folder }}/rides.csv" }\n    tags: [extract]`
      : `  t${index}:\n    type: table.filter\n    ${wire}\n    with:\n      where: passenger_count <> {{ least }}\n      nulls: keep\n    retries: 2`
  })
  const layout = each(tasks, (index) => `  t${index}: [${index * 260}, 0]`).join('\n')
  return `millrace: 1\nname: large-${tasks}\nparameters:\n  folder: { type: string, default: data }\n  least: { type: integer, default: 0 }\ntasks:\n${lines.join('\n')}\nlayout:\n${layout}\n`
}
