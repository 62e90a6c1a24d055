import { useEffect, useRef, useState, type KeyboardEvent } from 'react'
import type { Column, JsonValue } from '#core/model/handle.ts'
import { copyText } from './copy-text.ts'
import { cellAfter, useGridScroll, type Cell } from './grid-scroll.ts'
import classes from './data-grid.module.css'

export type GridRow = Readonly<Record<string, JsonValue>>

type Props = {
  readonly label: string
  readonly columns: readonly Column[]
  readonly rowCount: number
  /** Undefined while it is on its way. */
  rowAt(index: number): GridRow | undefined
  /** Called with the first row that is seen and the one after the last. */
  onRange(from: number, to: number): void
}

const numberWidth = 64

const numeric = /INT|FLOAT|DOUBLE|DECIMAL/

export const cellText = (value: JsonValue | undefined): string => {
  if (value === undefined || value === null) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** Wide enough for the name and the first values, within bounds. */
const widthOf = ({ name, type }: Column, sample: readonly GridRow[]): number => {
  const longest = Math.max(name.length, type.length - 2, ...sample.map((row) => cellText(row[name]).length))
  return Math.min(320, Math.max(72, Math.round(longest * 7.2) + 24))
}

const useWidths = (columns: readonly Column[], rowAt: Props['rowAt'], ready: boolean): readonly number[] => {
  const [widths, setWidths] = useState<readonly number[]>([])
  const measured = useRef<readonly Column[] | null>(null)
  useEffect(() => {
    if (!ready || measured.current === columns) return
    measured.current = columns
    const sample = Array.from({ length: 30 }, (_, index) => rowAt(index)).filter((row) => row !== undefined)
    setWidths(columns.map((column) => widthOf(column, sample)))
  }, [columns, ready, rowAt])
  return widths.length === columns.length ? widths : columns.map((column) => widthOf(column, []))
}

const HeadCell = ({ column, width, index }: { column: Column; width: number; index: number }) => (
  <div
    role="columnheader"
    aria-colindex={index + 2}
    className={classes['head']}
    style={{ width }}
    data-numeric={numeric.test(column.type) || undefined}
  >
    <span className={classes['name']} title={column.name}>
      {column.name}
    </span>
    <span className={classes['type']} title={column.type}>
      {column.type.toLowerCase()}
    </span>
  </div>
)

const hasModifier = (event: KeyboardEvent): boolean => event.ctrlKey || event.metaKey

/** The cell that the keys move, and what they copy. */
const useCell = ({ columns, rowCount, rowAt }: Props, reveal: (row: number) => void) => {
  const [cell, setCell] = useState<Cell>({ row: 0, column: 0 })
  const copy = (whole: boolean) => {
    const row = rowAt(cell.row)
    const name = columns[cell.column]?.name
    if (!row || name === undefined) return
    const text = whole ? columns.map((column) => cellText(row[column.name])).join('\t') : cellText(row[name])
    void copyText(text, whole ? 'Copied the row.' : `Copied ${name}.`)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (hasModifier(event) && event.key.toLowerCase() === 'c') {
      event.preventDefault()
      return copy(event.shiftKey)
    }
    const next = cellAfter(event.key, cell, { rows: rowCount, columns: columns.length })
    if (!next) return undefined
    event.preventDefault()
    event.stopPropagation()
    setCell(next)
    reveal(next.row)
    return undefined
  }
  return { cell, setCell, onKeyDown }
}

const Heads = ({ columns, widths, width }: Pick<Props, 'columns'> & { widths: readonly number[]; width: number }) => (
  <div className={classes['heads']} role="row" aria-rowindex={1} style={{ width }}>
    <div className={classes['corner']} role="columnheader" aria-colindex={1}>
      <span className={classes['hidden']}>Row</span>
    </div>
    {columns.map((column, index) => (
      <HeadCell key={column.name} column={column} width={widths[index] ?? 72} index={index} />
    ))}
  </div>
)

/** Rows of a table, of which only those are drawn that are seen. Arrow keys move, Ctrl+C copies the cell or, with Shift, the row. */
export const DataGrid = (props: Props) => {
  const { label, columns, rowCount, rowAt, onRange } = props
  const { box, from, to, drawn, place, reveal, onScroll } = useGridScroll(rowCount, onRange)
  const widths = useWidths(columns, rowAt, rowCount > 0 && rowAt(0) !== undefined)
  const { cell, setCell, onKeyDown } = useCell(props, reveal)
  const width = numberWidth + widths.reduce((sum, one) => sum + one, 0)
  const rows = Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index)
  return (
    <div
      ref={box}
      className={classes['grid']}
      role="grid"
      aria-label={label}
      aria-rowcount={rowCount + 1}
      aria-colcount={columns.length + 1}
      aria-activedescendant={`grid-cell-${cell.row}-${cell.column}`}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onScroll={onScroll}
    >
      <Heads columns={columns} widths={widths} width={width} />
      <div className={classes['rows']} role="rowgroup" style={{ height: drawn, width }}>
        {rows.map((index) => (
          <Row
            key={index}
            index={index}
            top={place(index)}
            columns={columns}
            widths={widths}
            row={rowAt(index)}
            active={cell.row === index ? cell.column : null}
            choose={(column) => setCell({ row: index, column })}
          />
        ))}
      </div>
    </div>
  )
}

type RowProps = {
  readonly index: number
  readonly top: number
  readonly columns: readonly Column[]
  readonly widths: readonly number[]
  readonly row: GridRow | undefined
  readonly active: number | null
  choose(column: number): void
}

const Row = ({ index, top, columns, widths, row, active, choose }: RowProps) => (
  <div className={classes['row']} role="row" aria-rowindex={index + 2} style={{ transform: `translateY(${top}px)` }}>
    <div className={classes['number']} role="rowheader" aria-colindex={1}>
      {(index + 1).toLocaleString('en-US')}
    </div>
    {columns.map(({ name, type }, column) => {
      const value = row?.[name]
      return (
        <div
          key={name}
          id={`grid-cell-${index}-${column}`}
          role="gridcell"
          aria-colindex={column + 2}
          className={classes['cell']}
          style={{ width: widths[column] ?? 72 }}
          data-numeric={numeric.test(type) || undefined}
          data-null={(row !== undefined && value === null) || undefined}
          data-active={active === column || undefined}
          title={row === undefined ? undefined : cellText(value)}
          onPointerDown={() => choose(column)}
        >
          {row === undefined ? '' : value === null ? 'null' : cellText(value)}
        </div>
      )
    })}
  </div>
)
