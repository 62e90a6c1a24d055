import { createReadStream } from 'node:fs'
import type { Readable, Writable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import { Refused } from '#core/model/failure.ts'
import { passphraseVariable } from '#core/server/take-passphrase.ts'

export type Terminal = {
  readonly input: Readable & { setRawMode(on: boolean): unknown }
  readonly output: Writable
}

/** Asked in this order; each may be missing. */
export type PassphraseSources = {
  /** A file descriptor to read the first line of. */
  readonly descriptor: number | null
  /** What takePassphrase found. */
  readonly environment: string | null
  /** Null when nobody sits there: then nothing is asked. */
  readonly terminal: Terminal | null
}

/** `twice`: for a new passphrase, since a slip of the finger would lock its owner out. */
export const readPassphrase = async (
  { descriptor, environment, terminal }: PassphraseSources,
  { prompt, twice }: { prompt: string; twice: boolean },
): Promise<string | null> => {
  if (descriptor !== null) return firstLine(descriptor)
  if (environment !== null) return environment
  if (!terminal) return null
  const passphrase = await ask(terminal, prompt)
  if (twice && (await ask(terminal, 'The same again: ')) !== passphrase) {
    throw new Refused({ code: 'invalid', message: 'The two passphrases differ. Nothing was changed; try again.' })
  }
  return passphrase
}

const longest = 4096

const firstLine = async (descriptor: number): Promise<string> => {
  let text = ''
  try {
    for await (const chunk of createReadStream('', { fd: descriptor, autoClose: false, encoding: 'utf8' })) {
      text += String(chunk)
      if (text.includes('\n') || text.length > longest) break
    }
  } catch (cause) {
    throw new Refused({ code: 'invalid', message: unreadable(descriptor) }, { cause })
  }
  const line = text.split('\n', 1)[0]?.replace(/\r$/, '') ?? ''
  if (line === '' || line.length > longest) {
    throw new Refused({ code: 'invalid', message: 'The file descriptor gave no passphrase on its first line.' })
  }
  return line
}

const unreadable = (descriptor: number): string =>
  `The passphrase cannot be read from file descriptor ${descriptor}. npm passes on only 0, 1 and 2: give --passphrase-fd 0, or ${passphraseVariable}.`

const keys = {
  enter: '\r',
  newline: '\n',
  interrupt: '\u0003',
  end: '\u0004',
  backspace: '\u0008',
  del: '\u007f',
  clear: '\u0015',
}

// oxlint-disable-next-line no-control-regex -- arrow and function keys begin with Escape.
const escapeSequence = /\u001b(?:\[[0-9;]*[A-Za-z~]|O[A-Z]|.)/g

/** Reads a line from the terminal without showing it. */
const ask = ({ input, output }: Terminal, prompt: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const decoder = new StringDecoder('utf8')
    let typed: string[] = []
    const finish = (answer: () => void) => {
      input.off('data', listen)
      input.off('end', interrupt)
      input.setRawMode(false)
      input.pause()
      output.write('\n')
      answer()
    }
    const interrupt = () =>
      finish(() => reject(new Refused({ code: 'cancelled', message: 'No passphrase was given.' })))
    const listen = (chunk: Buffer) => {
      const pressed = Array.from(decoder.write(chunk).replace(escapeSequence, ''))
      for (const [index, key] of pressed.entries()) {
        if (key === keys.enter || key === keys.newline) {
          finish(() => resolve(typed.join('')))
          const rest = pressed.slice(index + 1).join('')
          if (rest) input.unshift(Buffer.from(rest))
          return
        }
        if (key === keys.interrupt || key === keys.end) return interrupt()
        if (key === keys.backspace || key === keys.del) typed.pop()
        else if (key === keys.clear) typed = []
        else if (key >= ' ') typed.push(key)
      }
    }
    output.write(prompt)
    input.setRawMode(true)
    input.on('data', listen)
    input.on('end', interrupt)
    input.resume()
  })
