import classes from './sparkline.module.css'
import { formatDuration } from './format.ts'

/** Pixels. */
const size = { width: 88, height: 20, bar: 3, gap: 1.5 }

/** Durations as bars, oldest first; the last stands out. */
export const Sparkline = ({ values }: { values: readonly number[] }) => {
  const longest = Math.max(...values, 1)
  const last = values.at(-1)
  if (last === undefined) return <span className={classes['none']} />
  const label = `The last ${values.length === 1 ? 'run' : `${values.length} runs`} took up to ${formatDuration(longest)}, the last ${formatDuration(last)}`
  const left = size.width - values.length * (size.bar + size.gap)
  return (
    <svg className={classes['line']} width={size.width} height={size.height} role="img" aria-label={label}>
      <title>{label}</title>
      {values.map((value, index) => {
        const height = Math.max(2, (value / longest) * size.height)
        return (
          <rect
            key={index}
            x={left + index * (size.bar + size.gap)}
            y={size.height - height}
            width={size.bar}
            height={height}
            rx={1}
            data-last={index === values.length - 1 || undefined}
          />
        )
      })}
    </svg>
  )
}
