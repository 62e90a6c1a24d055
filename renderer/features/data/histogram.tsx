import type { ColumnProfile, Histogram as Counts } from '#core/model/table-profile.ts'
import { formatCount } from '#renderer/ui/format.ts'
import classes from './histogram.module.css'

const width = 132
const height = 22

/** How the values of a column lie, from its 1st to its 99th percentile. */
export const Histogram = ({ column, histogram: { counts } }: { column: ColumnProfile; histogram: Counts }) => {
  const most = Math.max(1, ...counts)
  const step = width / Math.max(1, counts.length)
  const label = `Values of ${column.name} from ${column.min ?? ''} to ${column.max ?? ''}`
  return (
    <svg className={classes['histogram']} width={width} height={height} role="img" aria-label={label}>
      {counts.map((count, index) => {
        const tall = count === 0 ? 0 : Math.max(1, (count / most) * height)
        return <rect key={index} x={index * step} y={height - tall} width={Math.max(0.5, step - 1)} height={tall} />
      })}
    </svg>
  )
}

const mostShown = 4

/** The most frequent values, as parts of all rows that have one. */
export const Bars = ({ column }: { column: ColumnProfile }) => {
  const shown = column.values.slice(0, mostShown)
  const known = shown.reduce((sum, { count }) => sum + count, 0)
  const all = Math.max(known, ...column.values.map(({ count }) => count), 1)
  if (shown.length === 0) return null
  const title = column.values.slice(0, 10).map(({ value, count }) => `${value}: ${formatCount(count)}`)
  return (
    <span
      className={classes['bars']}
      title={title.join('\n')}
      role="img"
      aria-label={`Most frequent: ${title[0] ?? ''}`}
    >
      {shown.map(({ value, count }, index) => (
        <span key={value} className={classes['bar']} data-place={index} style={{ flexGrow: count / all, flexBasis: 0 }}>
          {value}
        </span>
      ))}
    </span>
  )
}
