import { Checkbox, MultiSelect, Select, TextInput } from '@mantine/core'
import { Search } from 'lucide-react'
import { useEffect, useState } from 'react'
import { stateTypeOfName } from '#core/model/state.ts'
import { useWorld } from '#renderer/rpc/world.tsx'
import { useIsConnected } from '#renderer/stores/session.ts'
import { spans, type Span } from './run-filter.ts'
import { setFilter, useRunList } from './run-list.ts'
import classes from './runs-page.module.css'

const states = Object.keys(stateTypeOfName)
const spanChoices = Object.entries(spans).map(([value, label]) => ({ value, label }))

/** Milliseconds after the last key. */
const patience = 20

/** A text that filters a moment after it was typed. */
const FilterText = ({ name, label }: { name: 'text' | 'tag'; label: string }) => {
  const { engine } = useWorld()
  const value = useRunList((state) => state.filter[name])
  const [typed, setTyped] = useState(value)
  useEffect(() => setTyped(value), [value])
  useEffect(() => {
    if (typed === useRunList.getState().filter[name]) return undefined
    const timer = setTimeout(() => void setFilter(engine, { [name]: typed.trim() }), patience)
    return () => clearTimeout(timer)
  }, [engine, name, typed])
  return (
    <TextInput
      size="xs"
      className={classes[name] ?? ''}
      placeholder={label}
      aria-label={label}
      leftSection={name === 'text' ? <Search size={14} /> : null}
      value={typed}
      onChange={(event) => setTyped(event.currentTarget.value)}
    />
  )
}

const useFlowNames = (): readonly string[] => {
  const { engine } = useWorld()
  const connected = useIsConnected()
  const [names, setNames] = useState<readonly string[]>([])
  useEffect(() => {
    if (!connected) return
    engine.client.flows.list().then(
      (flows) => setNames(flows.map(({ name, lastRun }) => lastRun?.flow ?? name)),
      () => undefined,
    )
  }, [connected, engine])
  return names
}

const Days = () => {
  const { engine } = useWorld()
  const { span, from, to } = useRunList((state) => state.filter)
  if (span !== 'between') return null
  return (
    <>
      <TextInput
        size="xs"
        type="date"
        aria-label="From this day"
        value={from}
        onChange={(event) => void setFilter(engine, { from: event.currentTarget.value })}
      />
      <TextInput
        size="xs"
        type="date"
        aria-label="To this day"
        value={to}
        onChange={(event) => void setFilter(engine, { to: event.currentTarget.value })}
      />
    </>
  )
}

const FlowFilter = () => {
  const { engine } = useWorld()
  const flow = useRunList((state) => state.filter.flow)
  const names = useFlowNames()
  return (
    <Select
      size="xs"
      className={classes['flow'] ?? ''}
      placeholder="Any flow"
      aria-label="Flow"
      data={[...new Set([...names, flow])].filter((name) => name !== '')}
      value={flow === '' ? null : flow}
      searchable
      selectFirstOptionOnChange
      allowDeselect={false}
      clearable
      onChange={(chosen) => void setFilter(engine, { flow: chosen ?? '' })}
    />
  )
}

export const RunFilters = () => {
  const { engine } = useWorld()
  const filter = useRunList((state) => state.filter)
  return (
    <>
      <FilterText name="text" label="Search runs" />
      <FlowFilter />
      <MultiSelect
        size="xs"
        className={classes['states'] ?? ''}
        placeholder={filter.states.length === 0 ? 'Any state' : ''}
        aria-label="States"
        data={states}
        value={[...filter.states]}
        clearable
        onChange={(chosen) => void setFilter(engine, { states: chosen })}
      />
      <Select
        size="xs"
        className={classes['span'] ?? ''}
        aria-label="Time"
        data={spanChoices}
        value={filter.span}
        allowDeselect={false}
        onChange={(span) => void setFilter(engine, { span: (span ?? 'any') as Span })}
      />
      <Days />
      <FilterText name="tag" label="Tag" />
      <Checkbox
        size="xs"
        label="Subflows"
        checked={filter.subflows}
        onChange={(event) => void setFilter(engine, { subflows: event.currentTarget.checked })}
      />
    </>
  )
}
