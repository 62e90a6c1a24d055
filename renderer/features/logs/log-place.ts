import { create } from 'zustand'

/** What of the log is in view. */
export type LogPlace = {
  /** The first row that is seen, with a fraction; ignored while the end is followed. */
  readonly first: number
  readonly following: boolean
  /** The line that is looked at, and where a range of chosen lines begins. */
  readonly current: number | null
  readonly anchor: number | null
  /** Whether the whole of the current line is shown below. */
  readonly whole: boolean
}

const start: LogPlace = { first: 0, following: true, current: null, anchor: null, whole: false }

export const useLogPlace = create<LogPlace>(() => start)

export const beginAtEnd = (): void => useLogPlace.setState({ ...start, whole: useLogPlace.getState().whole })
export const followEnd = (): void => useLogPlace.setState({ following: true })
export const scrollTo = (first: number): void => useLogPlace.setState({ first: Math.max(0, first), following: false })

/** Makes a line the current one; with `extend` those from the anchor to it are chosen. */
export const lookAtLine = (row: number, extend = false): void =>
  useLogPlace.setState(({ anchor, current }) => ({ current: row, anchor: extend ? (anchor ?? current ?? row) : row }))

export const lookAtNoLine = (): void => useLogPlace.setState({ current: null, anchor: null, whole: false })
export const showWhole = (whole: boolean): void => useLogPlace.setState({ whole })

export const chosenRows = ({
  current,
  anchor,
}: Pick<LogPlace, 'current' | 'anchor'>): readonly [number, number] | null =>
  current === null ? null : [Math.min(current, anchor ?? current), Math.max(current, anchor ?? current)]

/** How many rows are in view, as the view itself measures them. */
let seen = 10
export const noteSeenRows = (rows: number): void => {
  seen = rows
}
export const seenRows = (): number => seen

/** Brings a row into view: as little as needed, or to the middle. */
export const reveal = (row: number, { middle = false, total = 0 } = {}): void => {
  const { first, following } = useLogPlace.getState()
  const now = following ? Math.max(0, total - seen) : first
  if (middle && (row < now + 1 || row > now + seen - 2)) return scrollTo(row - Math.floor(seen / 2))
  if (row < now) return scrollTo(row)
  if (row + 1 > now + seen) return scrollTo(row + 1 - seen)
  return undefined
}
