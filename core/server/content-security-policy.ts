/**
 * What a page of ours may load and reach: its own files, and its engine at `engine`. Mantine sets styles on elements.
 */
export const contentSecurityPolicy = (engine: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    `connect-src ${engine}`,
    "worker-src 'self' blob:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
