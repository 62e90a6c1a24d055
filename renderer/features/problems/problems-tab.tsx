import { CircleCheck, CircleX, TriangleAlert } from 'lucide-react'
import type { Problem } from '#core/model/problem.ts'
import { useFlow } from '#renderer/stores/flow.ts'
import { goToField, goToLine } from '#renderer/stores/attention.ts'
import { EmptyState } from '#renderer/ui/empty-state.tsx'
import classes from './problems-tab.module.css'

const none: readonly Problem[] = []

const useProblems = (): readonly Problem[] => useFlow((state) => state.draft?.content.problems ?? none)

export const ProblemsCount = () => {
  const count = useProblems().length
  return count === 0 ? null : (
    <span className={classes['count']} aria-label={count === 1 ? '1 problem' : `${count} problems`} role="img">
      {count}
    </span>
  )
}

const ProblemRow = ({ problem }: { problem: Problem }) => {
  const { severity, message, remedy, line, column, path } = problem
  const Icon = severity === 'error' ? CircleX : TriangleAlert
  return (
    <li className={classes['row']}>
      <button
        type="button"
        className={classes['problem']}
        data-severity={severity}
        onClick={() => (path.length === 0 ? goToLine(line, column) : goToField(path))}
      >
        <Icon size={16} aria-label={severity} />
        <span className={classes['words']}>
          <span>{message}</span>
          <span className={classes['remedy']}>{remedy}</span>
        </span>
        <span className={classes['place']}>{path.join('.')}</span>
      </button>
      <button
        type="button"
        className={classes['line']}
        aria-label={`Show line ${line} in the YAML`}
        onClick={() => goToLine(line, column)}
      >
        {line}:{column}
      </button>
    </li>
  )
}

/** Everything that is wrong with the flow; a click goes to the field, or to the line. */
export const ProblemsTab = () => {
  const problems = useProblems()
  if (problems.length === 0)
    return (
      <EmptyState
        icon={CircleCheck}
        title="No problems"
        text="Mistakes in the flow are listed here, with where they are and what to do."
      />
    )
  return (
    <ul className={classes['list']}>
      {problems.map((problem) => (
        <ProblemRow key={`${problem.line}:${problem.column}:${problem.code}:${problem.message}`} problem={problem} />
      ))}
    </ul>
  )
}
