import { notifications } from '@mantine/notifications'

/** A page that came over plain HTTP from another machine has no clipboard of its own; there a selection is copied. */
const copySelection = (text: string): boolean => {
  const focused = document.activeElement
  const field = document.createElement('textarea')
  field.value = text
  field.readOnly = true
  field.style.cssText = 'position: fixed; top: 0; opacity: 0'
  // Within the dialog that holds the focus, where there is one.
  const around = focused?.closest('[role="dialog"]') ?? document.body
  around.append(field)
  try {
    field.select()
    // oxlint-disable-next-line typescript/no-deprecated -- there is nothing else in such a page.
    return document.execCommand('copy')
  } finally {
    field.remove()
    if (focused instanceof HTMLElement) focused.focus({ preventScroll: true })
  }
}

const write = async (text: string): Promise<boolean> => {
  // Absent where the page is not secure, whatever its type says.
  const clipboard = navigator.clipboard as Clipboard | undefined
  try {
    if (!clipboard) return copySelection(text)
    await clipboard.writeText(text)
    return true
  } catch {
    return copySelection(text)
  }
}

/** Puts a text into the clipboard and says so, or why not; `done` is what is said: `Copied the path.` */
export const copyText = async (text: string, done: string): Promise<boolean> => {
  if (await write(text)) {
    notifications.show({ message: done, autoClose: 2000 })
    return true
  }
  notifications.show({
    color: 'red',
    title: 'Nothing was copied',
    message: 'The browser does not let this page write to the clipboard. Allow it for this page, then copy again.',
  })
  return false
}
