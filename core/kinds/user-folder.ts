/** `~/lake` as people write it for what lies in their own folder. */
export const inUserFolder = (path: string, userFolder: string): string =>
  path.replace(/^~(?=$|[/\\])/, () => userFolder)
