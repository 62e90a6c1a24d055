/** What lies in a storage. Its name uses `/` on every platform and never starts with it. */
export type StoredObject = { readonly name: string; readonly bytes: number; readonly modifiedAt: number | null }
