import { readFileSync, readdirSync } from 'node:fs'

/** Workers and scripts of a home that still live: they carry a cookie, and the home's folder in their environment. Linux. */
export const leftOver = (home: string): string[] =>
  readdirSync('/proc').filter((pid) => {
    try {
      const environment = readFileSync(`/proc/${pid}/environ`, 'latin1')
      return environment.includes('MILLRACE_TASK_RUN=') && environment.includes(home)
    } catch {
      return false
    }
  })

export const isLinux = process.platform === 'linux'
