import type { Command } from '#renderer/stores/commands.ts'

/** How well a text answers what was typed: letters in order count, at beginnings of words and side by side more. Null: not at all. */
export const fuzzyScore = (text: string, typed: string): number | null => {
  const [target, wanted] = [text.toLowerCase(), typed.toLowerCase().replaceAll(/\s+/g, '')]
  let score = 0
  let at = -1
  for (const letter of wanted) {
    const begins = startOfWord(target, letter, at + 1)
    const next = target.indexOf(letter, at + 1)
    if (next < 0) return null
    const isNeighbour = next === at + 1 && at >= 0
    const chosen = isNeighbour || begins === null ? next : begins
    score += isNeighbour ? 6 : begins === chosen ? 5 : 1
    at = chosen
  }
  return score - target.length / 100
}

const startOfWord = (text: string, letter: string, from: number): number | null => {
  for (let at = text.indexOf(letter, from); at >= 0; at = text.indexOf(letter, at + 1)) {
    if (at === 0 || /[\s/-]/.test(text[at - 1] ?? '')) return at
  }
  return null
}

const scoreOf = ({ title, group }: Command, typed: string): number | null => {
  const [alone, withGroup] = [fuzzyScore(title, typed), fuzzyScore(`${group} ${title}`, typed)]
  if (title.toLowerCase().includes(typed.toLowerCase().trim())) return 1000 - title.length + (alone ?? 0)
  return alone ?? (withGroup === null ? null : withGroup - 2)
}

/** The best first; of nothing typed those used last, then the others as they are offered. */
export const findCommands = (
  commands: Iterable<Command>,
  typed: string,
  recent: readonly string[],
): readonly Command[] => {
  const age = (command: Command): number => {
    const at = recent.indexOf(command.id)
    return at < 0 ? recent.length : at
  }
  if (typed.trim() === '') return [...commands].toSorted((a, b) => age(a) - age(b))
  return [...commands]
    .flatMap((command) => {
      const score = scoreOf(command, typed)
      return score === null ? [] : [{ command, score: score + (recent.length - age(command)) / 2 }]
    })
    .toSorted((a, b) => b.score - a.score)
    .map(({ command }) => command)
}

const key = 'recent-commands'
const most = 8

export const recentCommands = (): readonly string[] => {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(key) ?? '[]')
    return Array.isArray(value) ? value.filter((id): id is string => typeof id === 'string') : []
  } catch {
    return []
  }
}

export const noteCommand = (id: string): void =>
  localStorage.setItem(key, JSON.stringify([id, ...recentCommands().filter((one) => one !== id)].slice(0, most)))
