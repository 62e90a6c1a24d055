import { Refused } from '#core/model/failure.ts'
import type { DatasetRows } from '#core/model/store.ts'
import type { DatasetsService } from './services.ts'

export const createDatasets = (rows: DatasetRows): DatasetsService => ({
  list: () => rows.list(),
  inspect: (location) => {
    const dataset = rows.find(location)
    if (dataset) return dataset
    throw new Refused({
      code: 'not-found',
      about: 'dataset',
      message: `Nothing is known of “${location}”: no flow has written it.`,
    })
  },
})
