/** Languages that editors colour. */
export const codeLanguages = ['sql', 'python', 'javascript', 'yaml', 'text'] as const
export type CodeLanguage = (typeof codeLanguages)[number]

export const languageOf = (name: string | undefined): CodeLanguage =>
  codeLanguages.find((language) => language === name) ?? 'text'
