import { operation } from '../operation.ts'
import { ServerInfo } from '../server-info.ts'

export const SERVER_OPERATIONS = {
  getServer: operation({
    method: 'GET',
    path: '/v1/server',
    summary: 'Tell what this server is',
    tag: 'server',
    since: 1,
    isOpen: true,
    answers: { 200: ServerInfo },
  }),
}
