import { create } from 'zustand'

type InFlow = {
  /** Shown and selected. */
  readonly task?: string
  /** The flow run that is shown, with the flow as it ran. */
  readonly run?: string
}

/** Where the person is. The address holds it, so that going back works in a browser as in the app. */
export type Place =
  | { readonly page: 'flows' }
  | ({ readonly page: 'flow'; readonly name: string } & InFlow)
  | ({ readonly page: 'file'; readonly path: string } & InFlow)
  | { readonly page: 'runs' }
  | { readonly page: 'run'; readonly flowRun: string }
  | { readonly page: 'blocks' }
  /** `block:type/name`. */
  | { readonly page: 'block'; readonly reference: string }
  /** Of which type is still to be chosen while it is null. */
  | { readonly page: 'new-block'; readonly type: string | null }
  | { readonly page: 'concurrency' }
  | { readonly page: 'settings' }
  | { readonly page: 'shortcuts' }

const inFlow = (query: URLSearchParams): InFlow => {
  const [task, run] = [query.get('task'), query.get('run')]
  return { ...(task !== null && { task }), ...(run !== null && { run }) }
}

/** An address that somebody typed may hold a lone `%`. */
export const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

export const readPlace = (hash: string): Place => {
  const [path = '', query] = hash.split('?')
  const at = inFlow(new URLSearchParams(query))
  const [page = '', ...rest] = path.replace(/^#\/?/, '').split('/').map(decoded)
  const argument = rest.join('/')
  switch (page) {
    case 'flows':
      return argument === '' ? { page: 'flows' } : { page: 'flow', name: argument, ...at }
    case 'file':
      return { page: 'file', path: argument, ...at }
    case 'runs':
      return argument === '' ? { page: 'runs' } : { page: 'run', flowRun: argument }
    case 'blocks':
      return argument === '' ? { page } : { page: 'block', reference: `block:${argument}` }
    case 'new-block':
      return { page, type: argument === '' ? null : argument }
    case 'concurrency':
    case 'settings':
    case 'shortcuts':
      return { page }
    default:
      return { page: 'flows' }
  }
}

const queryOf = ({ task, run }: InFlow): string => {
  const query = new URLSearchParams({ ...(task !== undefined && { task }), ...(run !== undefined && { run }) })
  return query.size === 0 ? '' : `?${query.toString()}`
}

export const addressOf = (place: Place): string => {
  switch (place.page) {
    case 'flow':
      return `#/flows/${encodeURIComponent(place.name)}${queryOf(place)}`
    case 'file':
      return `#/file/${encodeURIComponent(place.path)}${queryOf(place)}`
    case 'run':
      return `#/runs/${encodeURIComponent(place.flowRun)}`
    case 'block':
      return `#/blocks/${place.reference
        .replace(/^block:/, '')
        .split('/')
        .map(encodeURIComponent)
        .join('/')}`
    case 'new-block':
      return place.type === null ? '#/new-block' : `#/new-block/${encodeURIComponent(place.type)}`
    default:
      return `#/${place.page}`
  }
}

export const usePlace = create<{ readonly place: Place }>(() => ({ place: { page: 'flows' } }))

/** Follows the address. */
export const startNavigation = (): void => {
  const follow = () => usePlace.setState({ place: readPlace(location.hash) })
  window.addEventListener('hashchange', follow)
  follow()
}

export const goTo = (place: Place): void => {
  location.hash = addressOf(place)
}
