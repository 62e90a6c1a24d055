/** What every task run of a flow run is told about it. */
export type RunFactsOfFlow = {
  readonly flowRun: string
  readonly flowRunName: string
  readonly flow: string
  /** The folder of the flow's file: relative paths mean it. */
  readonly flowFolder: string
  /** Folders of this flow run in the home; each task run has its own below. */
  readonly scratch: string
  readonly results: string
}
