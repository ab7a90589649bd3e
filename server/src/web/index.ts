export { openWebClient, WEB_PATHS, type WebClient } from './web-client.ts'
