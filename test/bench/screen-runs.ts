import type { Scale } from './benchmark.ts'
import { figure, median, type Figure } from './figure.ts'
import { homeWithRun, timeInPage, typing, withDatabase, withScreen } from './screen.ts'
import { withFolder } from './temporary-folder.ts'

const count = 100_000

const hello = 'millrace: 1\nname: hello\ntasks:\n  say: { type: log.message, with: { message: hello } }\n'

/** Copies of a run as years of work leave them: fifty flows, ever so often a failure, some tags. */
const addRuns = (home: string, id: string): void =>
  withDatabase(home, 'state.db', (database) => {
    database.exec(`
      create temp table many as
        with recursive i (n) as (select 1 union all select n + 1 from i where n < ${count - 1})
        select n, printf('%s-%06d', '${id}', n) as id from i;
      insert into flow_runs (id, name, flow, document, file, parameters, tags, state_name, state_type, state_at,
          created_at, started_at, ended_at, run_count)
        select many.id, 'quiet-heron-' || n, 'flow-' || (n % 50), document, file, parameters,
          case when n % 100 = 0 then '["nightly"]' else '[]' end,
          case when n % 20 = 0 then 'Failed' else 'Completed' end,
          case when n % 20 = 0 then 'FAILED' else 'COMPLETED' end,
          state_at - n * 60000, created_at - n * 60000, started_at - n * 60000, ended_at - n * 60000 + n % 977, 1
        from flow_runs, many where flow_runs.id = '${id}';
      insert into flow_run_tags
        select 'nightly', created_at, id from flow_runs where tags <> '[]' and id <> '${id}'`)
  })

const rows = (total: number) =>
  `document.querySelector('[role=grid]')?.getAttribute('aria-rowcount') === '${total + 1}' &&
   document.querySelector('[aria-rowindex="2"] a')`

/** The runs page with a long history: until it is there, and until it shows what was asked for. */
export const runsList = ({ pairs }: Scale): Promise<readonly Figure[]> =>
  withFolder(async (home) => {
    addRuns(home, await homeWithRun(home, hello))
    return withScreen(home, async (page) => {
      const times: Record<'open' | 'text' | 'tag', number[]> = { open: [], text: [], tag: [] }
      const clear = async (label: string) => timeInPage(page, typing(label, ''), rows(count))
      for (let pair = 0; pair < pairs; pair += 1) {
        await timeInPage(page, `location.hash = '#/concurrency'`, `document.querySelector('[aria-label="Limit"]')`)
        times.open.push(await timeInPage(page, `location.hash = '#/runs'`, rows(count)))
        times.text.push(await timeInPage(page, typing('Search runs', 'heron-777'), rows(111)))
        await clear('Search runs')
        times.tag.push(await timeInPage(page, typing('Tag', 'nightly'), rows(count / 100 - 1)))
        await clear('Tag')
      }
      return Object.entries(times).map(([name, all]) =>
        figure(`runs.list.${name}`, 'ms', { value: median(all), floor: 1 }, { at: 'most', times: 0, plus: 200 }),
      )
    })
  })
