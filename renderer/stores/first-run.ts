/** Whether the Run button takes the focus when it comes: once, at the first start. */
let isWanted = false

export const wantRunFocused = (): void => {
  isWanted = true
}

export const takeRunFocus = (): boolean => {
  const taken = isWanted
  isWanted = false
  return taken
}
