import type { Limit } from '#core/model/run-event.ts'

/** A request for one slot of each of its limits. `label` says in words who asks, for those that wait for it. */
export type Ticket = { readonly id: string; readonly limits: readonly Limit[]; readonly label: string }

export type Verdict =
  | { readonly kind: 'granted'; readonly ticket: Ticket }
  | { readonly kind: 'refused'; readonly ticket: Ticket; readonly limit: string }

export type LimitUse = {
  readonly name: string
  readonly capacity: number | null
  readonly used: number
  readonly waiting: number
}

/** Requests for the same limits stand in one line, so that a line as a whole waits on one full limit. */
type Line = {
  readonly key: string
  readonly limits: readonly Limit[]
  readonly tickets: Ticket[]
  head: number
  waiting: number
  on: Slots | null
}

type Slots = {
  readonly name: string
  capacity: number | null
  readonly holders: Map<string, Ticket>
  readonly lines: Line[]
}

/**
 * Who may run now: every request takes all its slots at once or waits on the first limit that is full. A slot that comes
 * free is handed to the lines that wait on it in turn, so that a wide flow run does not keep others out. Nothing is
 * polled; each slot freed costs as much as the lines it moves.
 */
export type Admission = {
  /** Capacities set from outside. */
  readonly configured: Map<string, number>
  readonly slots: Map<string, Slots>
  readonly lines: Map<string, Line>
  readonly waiting: Map<string, Line>
  readonly granted: Map<string, Ticket>
  readonly verdicts: Verdict[]
  /** How many of the verdicts have been told. */
  told: number
}

export const createAdmission = (): Admission => ({
  configured: new Map(),
  slots: new Map(),
  lines: new Map(),
  waiting: new Map(),
  granted: new Map(),
  verdicts: [],
  told: 0,
})

const slotsOf = (admission: Admission, { name, capacity }: Limit): Slots => {
  const found = admission.slots.get(name) ?? { name, capacity, holders: new Map(), lines: [] }
  found.capacity = capacity ?? admission.configured.get(name) ?? null
  admission.slots.set(name, found)
  return found
}

const isFull = ({ capacity, holders }: Slots): boolean => capacity !== null && holders.size >= capacity

const fullOf = (admission: Admission, limits: readonly Limit[]): Slots | null => {
  for (const limit of limits) {
    const slots = slotsOf(admission, limit)
    if (isFull(slots)) return slots
  }
  return null
}

const lineOf = ({ lines }: Admission, limits: readonly Limit[]): Line => {
  const key = limits.map(({ name, capacity }) => `${name} ${capacity ?? ''}`).join('\n')
  const found = lines.get(key) ?? { key, limits, tickets: [], head: 0, waiting: 0, on: null }
  lines.set(key, found)
  return found
}

const park = (line: Line, on: Slots): void => {
  line.on = on
  on.lines.push(line)
}

const grant = (admission: Admission, ticket: Ticket): void => {
  for (const limit of ticket.limits) slotsOf(admission, limit).holders.set(ticket.id, ticket)
  admission.granted.set(ticket.id, ticket)
  admission.verdicts.push({ kind: 'granted', ticket })
}

/** The first in the line that did not leave meanwhile. */
const shift = ({ waiting }: Admission, line: Line): Ticket | null => {
  while (line.head < line.tickets.length) {
    const ticket = line.tickets[line.head++]
    if (line.head > 1000 && line.head * 2 > line.tickets.length) line.head -= line.tickets.splice(0, line.head).length
    if (!ticket || waiting.get(ticket.id) !== line) continue
    waiting.delete(ticket.id)
    line.waiting--
    return ticket
  }
  return null
}

/** Hands out what is free of a limit, a slot to each waiting line in turn. */
const handOut = (admission: Admission, from: Slots): void => {
  while (!isFull(from)) {
    const line = from.lines.shift()
    if (!line) return
    const full = line.waiting > 0 ? fullOf(admission, line.limits) : null
    const ticket = full ? null : shift(admission, line)
    if (ticket) grant(admission, ticket)
    if (line.waiting > 0) park(line, full ?? fullOf(admission, line.limits) ?? from)
    else admission.lines.delete(line.key)
  }
}

export const request = (admission: Admission, ticket: Ticket): void => {
  const { verdicts, waiting, lines } = admission
  const never = ticket.limits.find((limit) => slotsOf(admission, limit).capacity === 0)
  if (never) return void verdicts.push({ kind: 'refused', ticket, limit: never.name })
  const line = lineOf(admission, ticket.limits)
  const full = fullOf(admission, ticket.limits)
  if (line.waiting === 0 && !full) {
    if (line.on === null) lines.delete(line.key)
    return grant(admission, ticket)
  }
  waiting.set(ticket.id, line)
  line.tickets.push(ticket)
  line.waiting++
  if (line.on === null && full) park(line, full)
}

/** Takes a request back or gives its slots to others, whichever it has come to. */
export const leave = (admission: Admission, id: string): void => {
  const { waiting, granted, slots } = admission
  const line = waiting.get(id)
  if (line) line.waiting--
  waiting.delete(id)
  const ticket = granted.get(id)
  granted.delete(id)
  const left = (ticket?.limits ?? []).map((limit) => slotsOf(admission, limit))
  for (const one of left) one.holders.delete(id)
  for (const one of left) handOut(admission, one)
  for (const one of left) if (one.holders.size === 0 && one.lines.length === 0) slots.delete(one.name)
}

export const setLimit = (admission: Admission, name: string, capacity: number | null): void => {
  const { configured, lines, slots, verdicts } = admission
  if (capacity === null) configured.delete(name)
  else configured.set(name, capacity)
  for (const line of capacity === 0 ? lines.values() : []) {
    if (!line.limits.some((limit) => limit.name === name && limit.capacity === null)) continue
    for (let ticket = shift(admission, line); ticket; ticket = shift(admission, line)) {
      verdicts.push({ kind: 'refused', ticket, limit: name })
    }
  }
  const found = slots.get(name)
  if (!found) return
  found.capacity = capacity
  handOut(admission, found)
}

/** The next answer, in the order they were given; null when there is none. One that left gets no grant. */
export const nextVerdict = (admission: Admission): Verdict | null => {
  const { verdicts, granted } = admission
  while (admission.told < verdicts.length) {
    const verdict = verdicts[admission.told++]
    if (verdict && (verdict.kind === 'refused' || granted.get(verdict.ticket.id) === verdict.ticket)) return verdict
  }
  verdicts.length = 0
  admission.told = 0
  return null
}

const useOf = ({ name, capacity, holders, lines }: Slots): LimitUse => ({
  name,
  capacity,
  used: holders.size,
  waiting: lines.reduce((sum, line) => sum + line.waiting, 0),
})

export type Wait = { readonly limit: LimitUse; readonly holders: readonly string[] }

/** The full limit a request waits on, and some who have its slots; null when it does not wait. */
export const waitsOn = ({ waiting }: Admission, id: string): Wait | null => {
  const on = waiting.get(id)?.on
  return on ? { limit: useOf(on), holders: [...on.holders.values()].slice(0, 3).map(({ label }) => label) } : null
}

/** Ids of the requests that have a slot of the limit, and of those that wait on it. */
export const ticketsOf = (
  { slots, waiting }: Admission,
  name: string,
): { readonly granted: readonly string[]; readonly waiting: readonly string[] } => {
  const found = slots.get(name)
  if (!found) return { granted: [], waiting: [] }
  const stand = (line: Line) => line.tickets.slice(line.head).filter(({ id }) => waiting.get(id) === line)
  return { granted: [...found.holders.keys()], waiting: found.lines.flatMap(stand).map(({ id }) => id) }
}

export const limitUses = (admission: Admission): LimitUse[] => {
  for (const name of admission.configured.keys()) slotsOf(admission, { name, capacity: null })
  return [...admission.slots.values()].map(useOf)
}
