/** What a layer of core/ may import of ours besides itself. `joins` are the files that know all parts. */
const layers: Readonly<Record<string, readonly string[]>> = {
  bootstrap: [],
  model: [],
  kinds: ['model'],
  tasks: ['kinds', 'model'],
  blocks: ['kinds', 'model'],
  flow: ['kinds', 'model'],
  engine: ['model'],
  world: ['engine', 'kinds', 'model'],
  services: ['engine', 'flow', 'kinds', 'model'],
  api: ['services', 'model'],
  server: ['api', 'services', 'model', 'joins', 'version'],
  cli: ['server', 'api', 'services', 'model', 'joins', 'version'],
}

const joins = [
  'core/catalogue.ts',
  'core/compose.ts',
  'core/connect-engine.ts',
  'core/worker-process.ts',
  'core/worker.ts',
  'core/write-schema.ts',
]

/** Packages by the only places that import them; all other packages are free where packages are allowed. */
const homes: Readonly<Record<string, RegExp>> = {
  '@duckdb/node-api': /^core\/(world\/tables\/|blocks\/[^/]+\/client\.ts$)/,
  'better-sqlite3': /^core\/world\//,
  commander: /^core\/cli\//,
  esbuild: /^core\/bootstrap\/build\.js$/,
  liquidjs: /^core\/flow\//,
  ws: /^core\/(api|server)\//,
}

/** Layers that import no package but these; `client.ts` of a block is where SDKs belong. */
const allowedPackages: Readonly<Record<string, readonly string[]>> = {
  bootstrap: ['esbuild'],
  model: ['zod'],
  engine: [],
  kinds: ['zod'],
  tasks: ['zod'],
  blocks: ['zod'],
  flow: ['zod', 'yaml', 'liquidjs'],
}

/** They decide; what they need of the machine is passed to them. */
const withoutNode = ['model', 'engine', 'kinds']

const layerOf = (file: string): string => {
  if (joins.includes(file)) return 'joins'
  const [, layer = ''] = file.split('/')
  return layer.replace(/\.ts$/, '')
}

/** `core/tasks/http-download` for a file in it: tasks and blocks do not know their neighbours. */
const featureOf = (file: string): string | undefined => /^core\/(?:tasks|blocks)\/[^/]+/.exec(file)?.[0]

const packageOf = (path: string): string | undefined => /(?:^|.*\/)node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1]

const isClient = (file: string): boolean => /^core\/blocks\/[^/]+\/client\.ts$/.test(file)

export const isTest = (file: string): boolean =>
  /(\.test|-suite)\.ts$|\/testing\//.test(file) || file.startsWith('test/')

const faultOfOurs = (from: string, to: string): string | null => {
  if (isTest(to)) return 'code does not import tests'
  const [fromLayer, toLayer] = [layerOf(from), layerOf(to)]
  if (fromLayer === 'joins') return null
  if (fromLayer !== toLayer)
    return layers[fromLayer]?.includes(toLayer) ? null : `${fromLayer} does not import ${toLayer}`
  return featureOf(from) === featureOf(to) ? null : 'a feature does not import a feature'
}

const faultOfPackage = (from: string, name: string): string | null => {
  if (homes[name] && !homes[name].test(from)) return `${name} is not imported here`
  const allowed = allowedPackages[layerOf(from)]
  if (!allowed || isClient(from) || allowed.includes(name)) return null
  return `${layerOf(from)} imports no package but ${allowed.join(', ') || 'none'}`
}

type Import = { readonly resolved: string; readonly coreModule: boolean }

/** Why a file of core/ must not import this, or null. */
export const faultOf = (from: string, { resolved, coreModule }: Import): string | null => {
  if (coreModule) return withoutNode.includes(layerOf(from)) ? `${layerOf(from)} does not touch Node` : null
  const name = packageOf(resolved)
  if (name !== undefined) return faultOfPackage(from, name)
  return resolved === 'package.json' ? null : faultOfOurs(from, resolved)
}
