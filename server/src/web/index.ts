export { Playground } from './playground/playground.ts'
export type { RawPlace } from './playground/raw-bridge.ts'
export { openWebClient, WEB_PATHS, type WebClient } from './web-client.ts'
