import { readdirSync, readFileSync } from 'node:fs'

/** `CLK_TCK` of every Linux that Node runs on. */
const ticksPerSecond = 100

/** Milliseconds of processor that this process and its children have used since they began; Linux. */
export const processorTime = (): number => {
  const { user, system } = process.cpuUsage()
  const ticks = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(statOf)
    .filter(({ parent }) => parent === process.pid)
    .reduce((sum, one) => sum + one.ticks, 0)
  return (user + system) / 1000 + (ticks * 1000) / ticksPerSecond
}

/** See proc_pid_stat(5): after the name in brackets come state, parent, …, user and system time. */
const statOf = (pid: string): { parent: number; ticks: number } => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return { parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) }
  } catch {
    // It has ended meanwhile.
    return { parent: 0, ticks: 0 }
  }
}
