/** Rows of a table as DuckDB holds them in memory: column by column, a few thousand rows at a time. Nothing is a JavaScript object. */
export const plainKinds = [
  'boolean', 'int8', 'int16', 'int32', 'int64', 'int128', 'uint8', 'uint16', 'uint32', 'uint64', 'uint128', 'float', 'double',
  'date', 'time', 'timetz', 'timestamp', 'timestamp_s', 'timestamp_ms', 'timestamp_ns', 'timestamptz', 'interval', 'uuid', 'text', 'blob',
] as const // prettier-ignore
export type PlainKind = (typeof plainKinds)[number]

export type VectorType =
  | { readonly kind: PlainKind }
  | { readonly kind: 'decimal'; readonly width: number; readonly scale: number }
  | { readonly kind: 'list'; readonly item: VectorType }

export type VectorColumn = { readonly name: string; readonly type: VectorType }

export type Vector = {
  readonly type: VectorType
  readonly length: number
  /** One bit for each value, the lowest first, set where there is one; null where all values are there. */
  readonly validity: Uint8Array | null
  /**
   * Little-endian values one after the other. A decimal is a whole number of 2, 4, 8 or 16 bytes, by its width; a list is
   * where its items begin and how many they are, 8 bytes each. Texts and blobs are found by `texts`.
   */
  readonly data: Uint8Array
  /** Of a list: the items of all lists. */
  readonly items: Vector | null
  /** Of texts (UTF-8) and blobs. */
  texts(): Texts
}

/** Value `i` is `length[i]` bytes of `sources[source[i]]`, from `start[i]`. */
export type Texts = {
  readonly sources: readonly Uint8Array[]
  readonly source: Int32Array
  readonly start: Int32Array
  readonly length: Int32Array
}

/** Valid until the next chunk is taken. */
export type VectorChunk = { readonly rows: number; readonly vectors: readonly Vector[] }

export type VectorRows = { readonly columns: readonly VectorColumn[]; readonly chunks: AsyncIterable<VectorChunk> }

export const isThere = (validity: Uint8Array | null, index: number): boolean =>
  validity === null || (((validity[index >> 3] ?? 0) >> (index & 7)) & 1) === 1

/** Bytes of one value in `data`. */
export const widthOf = (type: VectorType): number => {
  switch (type.kind) {
    case 'boolean':
    case 'int8':
    case 'uint8':
      return 1
    case 'int16':
    case 'uint16':
      return 2
    case 'int32':
    case 'uint32':
    case 'float':
    case 'date':
      return 4
    case 'int128':
    case 'uint128':
    case 'uuid':
    case 'interval':
    case 'text':
    case 'blob':
    case 'list':
      return 16
    case 'decimal':
      return type.width <= 4 ? 2 : type.width <= 9 ? 4 : type.width <= 18 ? 8 : 16
    default:
      return 8
  }
}
