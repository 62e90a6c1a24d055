import { dollarsOf, queryPrice, type TaskEstimate } from '#core/model/task-estimate.ts'
import { formatBytes } from './format.ts'

type Bytes = Extract<TaskEstimate, { kind: 'bytes' }>

const formatDollars = (dollars: number): string => (dollars < 0.01 ? 'less than $0.01' : `about $${dollars.toFixed(2)}`)

export const isOverCap = ({ bytes, mostBytes }: Bytes): boolean => mostBytes !== null && bytes > mostBytes

const capWords = (estimate: Bytes): string => {
  if (estimate.mostBytes === null) return ''
  const most = formatBytes(estimate.mostBytes)
  return isOverCap(estimate) ? ` The block allows ${most}, so this will be refused.` : ` The block allows ${most}.`
}

/** `Reads 1.2 GB, less than $0.01 …`, and what the block allows. */
export const estimateInWords = (estimate: Bytes): string => {
  const { bytes } = estimate
  const cost =
    bytes === 0
      ? 'which costs nothing'
      : `${formatDollars(dollarsOf(bytes))} at $${queryPrice.dollars} a ${queryPrice.unit} (US list price since ${queryPrice.since})`
  return `Reads ${formatBytes(bytes)}, ${cost}.${capWords(estimate)}`
}
