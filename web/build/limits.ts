/** Most bytes of a page's first load, compressed by gzip: issue 14 fails the build beyond them. */
export const LIMITS = { script: 90 * 1024, style: 15 * 1024 } as const
