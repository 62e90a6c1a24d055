import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import { generateTaxi, type TaxiFacts } from '#test/fixtures/generate-taxi.ts'

const Facts: z.ZodType<TaxiFacts> = z.object({
  rows: z.number(),
  zeroPassengers: z.number(),
  unknownPassengers: z.number(),
  totalCents: z.number(),
})

export type Rides = { readonly file: string; readonly facts: TaxiFacts }

const folder = path.resolve(import.meta.dirname, '../../.cache/bench')

/** Generated once for each number of rows; the facts are written last, so that a file with facts is whole. */
export const rides = async (rows: number): Promise<Rides> => {
  const file = path.join(folder, `taxi-${rows}.csv.gz`)
  const factsFile = path.join(folder, `taxi-${rows}.json`)
  if (existsSync(file) && existsSync(factsFile))
    return { file, facts: Facts.parse(JSON.parse(readFileSync(factsFile, 'utf8'))) }
  mkdirSync(folder, { recursive: true })
  process.stderr.write(`Generating ${rows.toLocaleString('en')} rides …\n`)
  const partial = path.join(folder, `partial-${process.pid}.csv.gz`)
  const facts = await generateTaxi(partial, rows)
  renameSync(partial, file)
  writeFileSync(factsFile, JSON.stringify(facts))
  return { file, facts }
}
