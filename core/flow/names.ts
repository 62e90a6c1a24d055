/** The rules for names in a flow. */
export const taskIdPattern = /^[a-z][a-z0-9_-]*$/
export const namePattern = /^[A-Za-z_][A-Za-z0-9_-]*$/
/** Prefect's rule. */
export const forbiddenInFlowName = /[/%&><]/

/** What expressions find these names under is not for parameters, variables and items. */
export const reservedNames = ['run', 'tasks', 'blocks'] as const

/** Words of the expression language itself. */
const expressionWords = [
  'true',
  'false',
  'nil',
  'null',
  'empty',
  'blank',
  'and',
  'or',
  'not',
  'contains',
  'forloop',
] as const

export const runFields = ['id', 'name', 'flow', 'started_at'] as const
export const hookRunFields = ['state', 'message'] as const

/** What an expression may read of an output, by its kind. A value output is its value: it has no fields of ours. */
export const outputFields = {
  table: ['rows', 'bytes', 'path', 'columns'],
  file: ['path', 'name', 'bytes', 'sha256'],
  value: [],
} as const

export const isExpressionWord = (name: string): boolean => expressionWords.some((word) => word === name)

export const isReserved = (name: string): boolean =>
  reservedNames.some((reserved) => reserved === name) || isExpressionWord(name)
