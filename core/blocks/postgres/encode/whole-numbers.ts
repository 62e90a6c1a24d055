import type { Vector, VectorType } from '#core/kinds/vectors.ts'
import { DoesNotFit, type ColumnEncoder } from './column-encoder.ts'
import { eightBytes, fixedEncoder, fourBytes } from './fixed.ts'
import { int16s, int32s, int64s, int8s, uint16s, uint32s, uint64s, uint8s } from './plain.ts'

/** PostgreSQL's whole numbers by their size. */
export const wholeTypes = { 2: 'smallint', 4: 'integer', 8: 'bigint' } as const
export type WholeBytes = keyof typeof wholeTypes

/** Whole numbers of at most 32 bits. */
const small: Readonly<Record<string, (vector: Vector) => ArrayLike<number>>> = {
  int8: int8s,
  int16: int16s,
  int32: int32s,
  uint8: uint8s,
  uint16: uint16s,
  uint32: uint32s,
}

export type Integers = (index: number) => bigint

/** Reads whole numbers of any size, decimals too (as the whole numbers they are kept as). */
export const integersOf = (type: VectorType, bytes: number): ((vector: Vector) => Integers) => {
  const narrow = small[type.kind] ?? (type.kind === 'decimal' ? { 2: int16s, 4: int32s }[bytes] : undefined)
  if (narrow) {
    return (vector) => {
      const values = narrow(vector)
      return (index) => BigInt(values[index] ?? 0)
    }
  }
  if (bytes === 8) {
    return (vector) => {
      const values = type.kind === 'uint64' ? uint64s(vector) : int64s(vector)
      return (index) => values[index] ?? 0n
    }
  }
  return (vector) => {
    const low = uint64s(vector)
    const high = type.kind === 'uint128' ? low : int64s(vector)
    return (index) => ((high[2 * index + 1] ?? 0n) << 64n) | (low[2 * index] ?? 0n)
  }
}

/** Range-checked where the target holds less than the source. */
export const wholeNumbers = (type: VectorType, bytes: number, target: WholeBytes): ColumnEncoder => {
  if (type.kind === 'int32' && target === 4) return fourBytes
  if (type.kind === 'int64' && target === 8) return eightBytes
  const narrow = small[type.kind]
  return narrow ? smallNumbers(narrow, target) : largeNumbers(integersOf(type, bytes), target)
}

const limitOf = (target: WholeBytes): number => 2 ** (8 * target - 1)

const misfit = (index: number, value: number | bigint, target: WholeBytes): DoesNotFit =>
  new DoesNotFit(index, `${value}, which is outside of what ${wholeTypes[target]} holds`)

const smallNumbers = (valuesOf: (vector: Vector) => ArrayLike<number>, target: WholeBytes): ColumnEncoder => {
  const limit = limitOf(target)
  return fixedEncoder(target, (vector) => {
    const values = valuesOf(vector)
    return (view, at, index) => {
      const value = values[index] ?? 0
      if (value >= limit || value < -limit) throw misfit(index, value, target)
      if (target === 2) view.setInt16(at, value)
      else if (target === 4) view.setInt32(at, value)
      else {
        view.setInt32(at, value < 0 ? -1 : 0)
        view.setInt32(at + 4, value)
      }
    }
  })
}

const largeNumbers = (integers: (vector: Vector) => Integers, target: WholeBytes): ColumnEncoder => {
  const limit = 2n ** BigInt(8 * target - 1)
  return fixedEncoder(target, (vector) => {
    const at = integers(vector)
    return (view, place, index) => {
      const value = at(index)
      if (value >= limit || value < -limit) throw misfit(index, value, target)
      if (target === 8) view.setBigInt64(place, value)
      else if (target === 4) view.setInt32(place, Number(value))
      else view.setInt16(place, Number(value))
    }
  })
}
