export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

export type TableName = { readonly schema: string; readonly name: string }

export const qualified = ({ schema, name }: TableName): string => `${quoted(schema)}.${quoted(name)}`
