import { randomUUID } from 'node:crypto'
import { rename, rm, writeFile } from 'node:fs/promises'

/** Whole or not at all, so that whoever reads it, or dies writing it, never sees half a flow. */
export const writeFlowFile = async (file: string, text: string): Promise<void> => {
  const partial = `${file}.${randomUUID()}.partial`
  try {
    await writeFile(partial, text)
    await rename(partial, file)
  } catch (error) {
    await rm(partial, { force: true })
    throw error
  }
}
