const families: readonly (readonly [RegExp, string])[] = [
  [/^(U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)|BIGNUM|FLOAT|DOUBLE|DECIMAL.*)$/, 'number'],
  [/^(DATE|TIMESTAMP.*)$/, 'date'],
  [/^(VARCHAR|ENUM.*)$/, 'text'],
]

/** Types of one family hold much the same: INTEGER and DOUBLE, DATE and TIMESTAMP. */
export const typeFamily = (type: string): string => families.find(([pattern]) => pattern.test(type))?.[1] ?? type
