import type { EngineClient } from '#core/api/client.ts'

/** A way to the engine that is open. */
export type Transport = {
  readonly client: EngineClient
  /** Resolves when it is lost; then `connect` makes a new one. */
  readonly lost: Promise<void>
}

export type OpenedFile = {
  readonly name: string
  /** Where it lies on this machine, when the host may know; then edits are saved there. */
  readonly path: string | null
  readonly text: string
}

/** A file that the engine can read at `path`. */
export type InputFile = { readonly name: string; readonly path: string; readonly bytes: number }

/** Told while a file is on its way; bytes. */
export type TransferProgress = (done: number, total: number) => void

/** A command as a menu outside the page shows it; `keys` as commands write them. */
export type MenuCommand = {
  readonly id: string
  /** As it is now, for example `Undo move clean`. */
  readonly title: string
  readonly enabled: boolean
  /** What the system's own command of this name does where something is written. */
  readonly role: 'cut' | 'copy' | 'paste' | null
  readonly group: string
  readonly keys: string | null
}

/** The home's folder, where a person can reach it from here. */
export type HomeFolder = {
  show(): void
  /** Asks for another folder and begins anew there. */
  chooseOther(): void
}

/** What only the place we run in can do: one version for the desktop's window, one for a browser's tab. */
export type Host = {
  /** Rejects with a Refused when there is an engine that cannot serve its home. */
  connect(): Promise<Transport>
  /** Lets an engine that could not serve its home try again. */
  retry(): void
  /** Null where the home is on another machine, or may be. */
  readonly home: HomeFolder | null
  /** Asks for a flow file; null when nothing was chosen. */
  openFile(): Promise<OpenedFile | null>
  /** Reads a file that was dropped on the window. */
  readDropped(file: File): Promise<OpenedFile>
  /** Asks for any file and brings it where the engine can read it; null when nothing was chosen. */
  chooseInput(progress?: TransferProgress): Promise<InputFile | null>
  /** The same with a file that was dropped. */
  takeDropped(file: File, progress?: TransferProgress): Promise<InputFile>
  /** Asks for a folder; null where files are brought to the engine as copies, and none is named by where it lies. */
  readonly chooseFolder: (() => Promise<string | null>) | null
  /** Asks where, and writes; false when nothing was chosen. */
  saveFile(name: string, text: string): Promise<boolean>
  /** Gives the person a copy of a file of the engine's; false when they did not want it. */
  saveCopy(path: string): Promise<boolean>
  /** Shows a page of the web outside. */
  openLink(address: string): void
  /** Asks once whether a person wants to be told, where that is asked; to be called at the press of a button. */
  mayNotify(): void
  /** Tells a person who looks elsewhere; `clicked` when they come. */
  notify(message: { title: string; body: string }, clicked: () => void): void
  /** Tells a menu outside the page which commands there are now. */
  showCommands(commands: readonly MenuCommand[]): void
  /** Commands chosen in a menu outside the page. The answer ends it. */
  onCommand(listen: (command: string) => void): () => void
  /** Remembers a flow file that was opened. */
  noteFile(path: string): void
  /** Flow files that the system asks us to open. The answer ends it. */
  onOpenFile(listen: (path: string) => void): () => void
  /** Flows of the library that a link asks us to open, by name. The answer ends it. */
  onOpenFlow(listen: (name: string) => void): () => void
}
