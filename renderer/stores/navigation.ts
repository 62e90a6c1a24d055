import { create } from 'zustand'

/** Where the person is. The address holds it, so that going back works in a browser as in the app. */
export type Place =
  | { readonly page: 'flows' }
  | { readonly page: 'flow'; readonly name: string }
  | { readonly page: 'file'; readonly path: string }
  | { readonly page: 'runs' }
  | { readonly page: 'run'; readonly flowRun: string }
  | { readonly page: 'blocks' }
  | { readonly page: 'concurrency' }
  | { readonly page: 'settings' }
  | { readonly page: 'shortcuts' }

const readPlace = (hash: string): Place => {
  const [page = '', ...rest] = hash.replace(/^#\/?/, '').split('/').map(decodeURIComponent)
  const argument = rest.join('/')
  switch (page) {
    case 'flows':
      return argument === '' ? { page: 'flows' } : { page: 'flow', name: argument }
    case 'file':
      return { page: 'file', path: argument }
    case 'runs':
      return argument === '' ? { page: 'runs' } : { page: 'run', flowRun: argument }
    case 'blocks':
    case 'concurrency':
    case 'settings':
    case 'shortcuts':
      return { page }
    default:
      return { page: 'flows' }
  }
}

export const addressOf = (place: Place): string => {
  switch (place.page) {
    case 'flow':
      return `#/flows/${encodeURIComponent(place.name)}`
    case 'file':
      return `#/file/${encodeURIComponent(place.path)}`
    case 'run':
      return `#/runs/${encodeURIComponent(place.flowRun)}`
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
