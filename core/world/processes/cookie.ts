/** The variable in the environment of every process of a task run, by which all of them are found. */
export const cookieVariable = 'MILLRACE_TASK_RUN'

/** `<home id>/<flow run>/<task run key>` */
export const taskRunCookie = (homeId: string, flowRun: string, taskRun: string): string =>
  `${homeId}/${flowRun}/${taskRun}`

export const workerCookie = (homeId: string): string => `${homeId}/worker`

/** `home` covers `home/run/task`, and so does `home/run`. */
export const coversCookie = (prefix: string, cookie: string): boolean =>
  cookie === prefix || cookie.startsWith(`${prefix}/`)

/** The home a cookie belongs to; home ids hold no slash. */
export const homeOfCookie = (cookie: string): string => cookie.slice(0, cookie.indexOf('/'))
