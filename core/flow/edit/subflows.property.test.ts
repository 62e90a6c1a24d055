import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { Refused } from '#core/model/failure.ts'
import { applyEdit } from './apply-edit.ts'
import { extractTasks, type Extraction } from './extract-tasks.ts'
import { inlineFlow } from './inline-flow.ts'

const extraction = (tasks: readonly string[]): Extraction => ({
  tasks,
  task: 'get_rides',
  flow: 'get-rides',
  name: 'get-rides',
  outputs: (type) => (type === 'table.read' ? { table: 'table' } : {}),
})

const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31))

const pieces = [
  'plain', '{{ color }}', '{{ color | upcase }}', '{{ folder }}/x', '{{ run.name }}', '{{ tasks.t0.rows }}', '{{ month | plus: 1 }}',
  '{% if color == "green" %}{{ month }}{% endif %}', 'it\'s "quoted"', '{{ "color" }}', '# no comment', '{{ item }}',
] // prettier-ignore

test(`whatever tasks say, they say the same when they were extracted and brought back (seed ${seed})`, () => {
  const task = fc.record({
    says: fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 3 }),
    after: fc.nat(3),
    quote: fc.constantFrom("'", '"', 'block'),
  })
  const written = (text: string, quote: string): string => {
    if (quote === 'block') return `|-\n        ${text}`
    return quote === '"' ? JSON.stringify(text) : `'${text.replaceAll("'", "''")}'`
  }
  fc.assert(
    fc.property(fc.array(task, { minLength: 4, maxLength: 7 }), fc.nat(2), fc.boolean(), (tasks, first, crlf) => {
      const lines = tasks.map(({ says, after, quote }, index) => {
        const waits = index === 0 || after === 0 ? '' : `    after: [t${Math.max(0, index - after)}] # then\n`
        const type = index === 0 ? 'table.read' : 'log.message'
        return `  # number ${index}\n  t${index}:\n    type: ${type}\n${waits}    with:\n      message: ${written(index === 0 ? 'none' : says.join(' '), quote)}\n`
      })
      const plain = `parameters:\n  color: { type: string, default: green }\n  month: { type: integer, default: 1 }\nvariables: { folder: "{{ color }}/{{ month }}" }\ntasks:\n${lines.join('')}`
      const text = crlf ? plain.replaceAll('\n', '\r\n') : plain
      const chosen = tasks.map((_, index) => `t${index}`).slice(1 + first, 3 + first)
      const saysIn = (yaml: string) =>
        Object.fromEntries(
          Object.entries((parse(yaml) as { tasks: Record<string, { with: { message?: string } }> }).tasks).map(
            ([id, definition]) => [id, definition.with.message],
          ),
        )
      let out: ReturnType<typeof extractTasks>
      try {
        out = extractTasks(text, extraction(chosen))
      } catch (error) {
        if (error instanceof Refused) return
        throw error
      }
      const back = inlineFlow(out.parent.text, { task: 'get_rides', child: out.child })
      expect(saysIn(back.text)).toEqual(saysIn(text))
      expect(applyEdit(out.parent.text, out.parent.inverse).text).toBe(text)
      expect(applyEdit(back.text, back.inverse).text).toBe(out.parent.text)
    }),
    { seed, numRuns: Number(process.env['RUNS'] ?? 40) },
  )
})
