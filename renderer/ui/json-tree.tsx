import type { JsonValue } from '#core/model/handle.ts'
import classes from './json-tree.module.css'

const entriesOf = (value: object): readonly (readonly [string, JsonValue])[] =>
  Array.isArray(value)
    ? value.map((one: JsonValue, index) => [String(index), one] as const)
    : (Object.entries(value) as [string, JsonValue][])

/** Long lists are cut: this is to look at, not to read through. */
const mostShown = 200

const Branch = ({ name, value, depth }: { name: string; value: object; depth: number }) => {
  const entries = entriesOf(value)
  const brackets = Array.isArray(value) ? `[${entries.length}]` : `{${entries.length}}`
  return (
    <details open={depth < 2}>
      <summary>
        <span className={classes['name']}>{name}</span> <span className={classes['quiet']}>{brackets}</span>
      </summary>
      <div className={classes['inside']}>
        {entries.slice(0, mostShown).map(([key, inner]) => (
          <Node key={key} name={key} value={inner} depth={depth + 1} />
        ))}
        {entries.length > mostShown && <div className={classes['quiet']}>and {entries.length - mostShown} more</div>}
      </div>
    </details>
  )
}

const Node = ({ name, value, depth }: { name: string; value: JsonValue; depth: number }) =>
  typeof value === 'object' && value !== null ? (
    <Branch name={name} value={value} depth={depth} />
  ) : (
    <div className={classes['leaf']}>
      <span className={classes['name']}>{name}</span> <span data-kind={typeof value}>{JSON.stringify(value)}</span>
    </div>
  )

/** Plain data, folded below the second level. */
export const JsonTree = ({ value }: { value: JsonValue }) => (
  <div className={classes['tree']}>
    {typeof value === 'object' && value !== null ? (
      entriesOf(value).map(([key, inner]) => <Node key={key} name={key} value={inner} depth={1} />)
    ) : (
      <span data-kind={typeof value}>{JSON.stringify(value)}</span>
    )}
  </div>
)
