import { stateType, type State } from './state.ts'

/** What became of a run that does not go on, after the name of its flow. */
export const endedWords = (state: State): string => {
  switch (stateType(state)) {
    case 'COMPLETED':
      return 'has completed'
    case 'CRASHED':
      return 'has crashed'
    case 'CANCELLED':
      return 'was cancelled'
    case 'PAUSED':
      return 'is paused'
    default:
      return 'has failed'
  }
}
