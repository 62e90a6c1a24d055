/** As much as a service takes; what is cut off is told. */
export const shorten = (text: string, most: number): string => {
  const characters = Array.from(text)
  if (characters.length <= most) return text
  const end = ` … (${characters.length - most} more characters)`
  return characters.slice(0, Math.max(0, most - end.length)).join('') + end
}

/** Where only a few characters fit. */
export const clip = (text: string, most: number): string => {
  const characters = Array.from(text)
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join('')}…`
}
