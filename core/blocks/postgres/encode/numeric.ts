import { isThere, type Vector, type VectorType } from '#core/kinds/vectors.ts'
import { lengthBytes, type ColumnEncoder } from './column-encoder.ts'
import { int16s, int32s } from './plain.ts'
import { madeBefore, makeRoom, putNull, type Fields } from './varying.ts'
import { integersOf } from './whole-numbers.ts'

/** PostgreSQL keeps a numeric as digits to the base of 10,000, with the point between two of them. */
const base = 10_000
const digitsOfBase = 4
const header = 8
const negative = 0x4000

/** A DECIMAL, or a whole number (scale 0), as numeric. */
export const numerics = (type: VectorType, bytes: number): ColumnEncoder => {
  const scale = type.kind === 'decimal' ? type.scale : 0
  const narrow = type.kind === 'decimal' ? { 2: int16s, 4: int32s }[bytes] : undefined
  const integers = integersOf(type, bytes)
  return madeBefore((vector, fields) => {
    const put = narrow ? putNumbers(narrow(vector), scale) : putIntegers(integers(vector), scale)
    putAll(vector, fields, put)
  })
}

type Put = (fields: Fields, index: number) => void

const putAll = (vector: Vector, fields: Fields, put: Put): void => {
  for (let index = 0; index < vector.length; index += 1) {
    fields.starts[index] = fields.used
    if (isThere(vector.validity, index)) put(fields, index)
    else putNull(fields)
  }
}

/** Up to this a number stays exact when it is padded to whole digits of the base. */
const exact = 2 ** 53 / 1000

const putNumbers = (values: ArrayLike<number>, scale: number): Put => {
  return (fields, index) => putSmall(fields, values[index] ?? 0, scale)
}

const putIntegers = (at: (index: number) => bigint, scale: number): Put => {
  return (fields, index) => {
    const value = at(index)
    if (value < exact && value > -exact) putSmall(fields, Number(value), scale)
    else putLarge(fields, value, scale)
  }
}

/** Zeros that fill the digits after the point up to whole digits of the base. */
const paddingOf = (scale: number): number => (digitsOfBase - (scale % digitsOfBase)) % digitsOfBase

/** Digits from the last to the first; none of a value needs more. */
const reversed = new Uint16Array(40)

const putSmall = (fields: Fields, value: number, scale: number): void => {
  let rest = Math.abs(value) * 10 ** paddingOf(scale)
  let count = 0
  while (rest > 0) {
    const above = Math.floor(rest / base)
    reversed[count] = rest - above * base
    count += 1
    rest = above
  }
  putDigits(fields, { count, scale, negative: value < 0 })
}

const putLarge = (fields: Fields, value: bigint, scale: number): void => {
  let rest = (value < 0n ? -value : value) * 10n ** BigInt(paddingOf(scale))
  let count = 0
  while (rest > 0n) {
    reversed[count] = Number(rest % 10_000n)
    count += 1
    rest /= 10_000n
  }
  putDigits(fields, { count, scale, negative: value < 0n })
}

const putDigits = (fields: Fields, value: { count: number; scale: number; negative: boolean }): void => {
  const { count, scale } = value
  const afterPoint = Math.ceil(scale / digitsOfBase)
  makeRoom(fields, lengthBytes + header + 2 * count)
  const { view, used } = fields
  view.setInt32(used, header + 2 * count)
  view.setInt16(used + 4, count)
  view.setInt16(used + 6, count - 1 - afterPoint)
  view.setUint16(used + 8, value.negative ? negative : 0)
  view.setUint16(used + 10, scale)
  for (let index = 0; index < count; index += 1) {
    view.setUint16(used + lengthBytes + header + 2 * index, reversed[count - 1 - index] ?? 0)
  }
  fields.used = used + lengthBytes + header + 2 * count
}
