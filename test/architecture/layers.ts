/** What a layer of core/ may import of ours besides itself. `joins` are the files that know all parts. */
const layers: Readonly<Record<string, readonly string[]>> = {
  bootstrap: [],
  model: [],
  kinds: ['model'],
  tasks: ['kinds', 'model'],
  google: ['kinds', 'model'],
  folders: ['model'],
  blocks: ['folders', 'google', 'kinds', 'model'],
  flow: ['kinds', 'model'],
  engine: ['model'],
  world: ['engine', 'kinds', 'model'],
  services: ['engine', 'flow', 'kinds', 'model'],
  api: ['services', 'model'],
  server: ['api', 'services', 'model', 'joins', 'version'],
  cli: ['server', 'api', 'services', 'model', 'joins', 'places', 'version'],
}

/** The same for the screen. What it knows of core/ is `coreOfScreen`; a feature does not import a feature. */
const screenLayers: Readonly<Record<string, readonly string[]>> = {
  ui: [],
  rpc: [],
  stores: ['rpc'],
  forms: ['stores', 'rpc', 'ui'],
  canvas: ['stores', 'rpc', 'ui'],
  features: ['forms', 'canvas', 'stores', 'rpc', 'ui'],
  app: ['features', 'forms', 'canvas', 'stores', 'rpc', 'ui'],
}

/** The words, and the contract with its client. */
const coreOfScreen = /^core\/(model\/|api\/(contract|contract-inputs|client)\.ts$)/

const joins = [
  'core/catalogue.ts',
  'core/compose-base.ts',
  'core/compose.ts',
  'core/connect-engine.ts',
  'core/keychain.ts',
  'core/worker-process.ts',
  'core/worker.ts',
  'core/write-schema.ts',
]

/** Packages by the only places that import them; all other packages are free where packages are allowed. */
const homes: Readonly<Record<string, RegExp>> = {
  '@duckdb/node-api': /^core\/(world\/tables\/|blocks\/[^/]+\/client\.ts$)/,
  '@google-cloud/bigquery': /^core\/blocks\/[^/]+\/client\.ts$/,
  '@google-cloud/storage': /^core\/blocks\/[^/]+\/client\.ts$/,
  'google-auth-library': /^core\/google\/client\.ts$/,
  '@duckdb/node-bindings': /^core\/world\/tables\//,
  'better-sqlite3': /^core\/world\//,
  commander: /^core\/cli\//,
  esbuild: /^core\/bootstrap\/build\.js$/,
  vite: /^core\/bootstrap\/build\.js$/,
  keytar: /^core\/world\/keychain\//,
  liquidjs: /^core\/flow\//,
  ws: /^core\/(api|server)\//,
}

/** Layers that import no package but these; `client.ts` of a block is where SDKs belong. */
const allowedPackages: Readonly<Record<string, readonly string[]>> = {
  bootstrap: ['esbuild', 'vite'],
  model: ['zod'],
  engine: [],
  kinds: ['zod'],
  tasks: ['zod'],
  google: ['zod'],
  folders: [],
  blocks: ['zod'],
  flow: ['zod', 'yaml', 'liquidjs'],
}

/** They decide; what they need of the machine is passed to them. */
const withoutNode = ['model', 'engine', 'kinds']

/** `renderer/features/runs` for a file in it. */
const screenFeatureOf = (file: string): string | undefined => /^renderer\/features\/[^/]+/.exec(file)?.[0]

const faultOfScreen = (from: string, to: string): string | null => {
  if (isTest(to)) return 'code does not import tests'
  if (to.startsWith('core/')) return coreOfScreen.test(to) ? null : 'the screen sees only the words and the contract'
  if (!to.startsWith('renderer/')) return 'the screen imports nothing of the shell'
  const [fromLayer = '', toLayer = ''] = [from, to].map((file) => file.split('/')[1] ?? '')
  if (fromLayer !== toLayer)
    return screenLayers[fromLayer]?.includes(toLayer) ? null : `${fromLayer} does not import ${toLayer}`
  return screenFeatureOf(from) === screenFeatureOf(to) ? null : 'a feature does not import a feature'
}

/** The shell knows how to start the engine, and no word of the domain. */
const coreOfShell =
  /^core\/(server\/|places\.ts$|catalogue\.ts$|worker-process\.ts$|world\/(workers\/|keychain\/|home\/default-home\.ts$)|model\/failure\.ts$)/

const faultOfShell = (to: string): string | null => {
  if (isTest(to)) return 'code does not import tests'
  if (to.startsWith('electron/') || /^renderer\/rpc\/(desktop-)?host\.ts$/.test(to)) return null
  return coreOfShell.test(to) ? null : 'the shell only starts the engine'
}

const layerOf = (file: string): string => {
  if (joins.includes(file)) return 'joins'
  const [, layer = ''] = file.split('/')
  return layer.replace(/\.ts$/, '')
}

/** `core/tasks/http-download` for a file in it: tasks and blocks do not know their neighbours. */
const featureOf = (file: string): string | undefined => /^core\/(?:tasks|blocks)\/[^/]+/.exec(file)?.[0]

const packageOf = (path: string): string | undefined => /(?:^|.*\/)node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1]

const isClient = (file: string): boolean => /^core\/(blocks\/[^/]+|google)\/client\.ts$/.test(file)

export const isTest = (file: string): boolean =>
  /(\.test|-suite)\.tsx?$|\/testing\//.test(file) || file.startsWith('test/')

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

/** Why a file of core/, electron/ or renderer/ must not import this, or null. */
export const faultOf = (from: string, { resolved, coreModule }: Import): string | null => {
  if (!from.startsWith('core/')) return faultOutsideCore(from, { resolved, coreModule })
  if (coreModule) return withoutNode.includes(layerOf(from)) ? `${layerOf(from)} does not touch Node` : null
  const name = packageOf(resolved)
  if (name !== undefined) return faultOfPackage(from, name)
  return resolved === 'package.json' ? null : faultOfOurs(from, resolved)
}

const faultOutsideCore = (from: string, { resolved, coreModule }: Import): string | null => {
  const isScreen = from.startsWith('renderer/') && from !== 'renderer/vite.config.ts'
  if (coreModule) return isScreen ? 'the screen does not touch Node' : null
  if (packageOf(resolved) !== undefined || !/^(core|electron|renderer|test)\//.test(resolved)) return null
  return isScreen ? faultOfScreen(from, resolved) : faultOfShell(resolved)
}
