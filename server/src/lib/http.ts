/**
 * `node:http` without its WebSocket client: an import statement reads every export, and reading that one loads
 * a whole HTTP client, which costs each start 20 ms.
 */
export const { createServer, Server, STATUS_CODES } = process.getBuiltinModule('node:http')
