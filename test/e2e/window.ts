import type { Page } from 'playwright'

/** A file with this text is let go over a part of the window. */
export const dropFile = (page: Page, file: { name: string; text: string }, over = 'body'): Promise<void> =>
  page.evaluate(`
    const dataTransfer = new DataTransfer()
    dataTransfer.items.add(new File([${JSON.stringify(file.text)}], ${JSON.stringify(file.name)}))
    for (const type of ['dragover', 'drop'])
      document.querySelector(${JSON.stringify(over)})
        .dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer }))`)

/** What the page, its fields, the address and the storage of the window hold. */
export const heldByPage = (page: Page): Promise<string> =>
  page.evaluate<string>(
    `[document.documentElement.outerHTML, location.href, JSON.stringify(localStorage), JSON.stringify(sessionStorage),
      ...[...document.querySelectorAll('input, textarea')].map((field) => field.value)].join('\\n')`,
  )
