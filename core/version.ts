import packageJson from '../package.json' with { type: 'json' }

/** Of Millrace. */
export const version: string = packageJson.version
